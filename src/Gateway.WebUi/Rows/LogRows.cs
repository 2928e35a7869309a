using System.Globalization;
using Gateway.Core.Api;
using Gateway.WebUi.Api;
using Gateway.WebUi.Wording;

namespace Gateway.WebUi.Rows;

/// <summary>Lines of the log: on the Log page, and what was refused on the page of a device.</summary>
public sealed class LogRows(Texts texts, Symbols symbols, Clock clock)
{
    public const string List = "log";

    private Texts T => texts;

    /// <summary>Events that are a refusal; they stand on the page of their device.</summary>
    public static bool IsRefusal(LogEntryView entry) => entry.Kind is LogKinds.FlowRefused or LogKinds.OperationRefused;

    public LiveRow Row(LogEntryView entry, LogFilter filter) => new($"log-{entry.Sequence.ToString(CultureInfo.InvariantCulture)}")
    {
        List = List,
        Class = $"line severity-{entry.Severity switch { "alarm" or "notice" => entry.Severity, _ => "info" }}",
        Texts = new Dictionary<string, string>
        {
            ["at"] = clock.Full(entry.At),
            ["title"] = LogWords.Title(T, entry.Kind),
            ["sentence"] = LogWords.Sentence(T, entry),
            ["severity"] = T.Pick("severity", entry.Severity, entry.Severity),
            ["device"] = LogWords.Device(T, entry),
            ["actor"] = LogWords.Actor(T, entry),
        },
        Links = new Dictionary<string, string>
        {
            ["mark"] = symbols.Href(entry.Severity switch { "alarm" => "changed", "notice" => "notice", _ => "info" }),
            ["kind"] = Filtered(filter, "kind", entry.Kind),
            ["severity"] = Filtered(filter, "severity", entry.Severity),
            ["device"] = entry.DeviceId is null ? "" : Filtered(filter, "device", entry.DeviceId),
            ["actor"] = Filtered(filter, "actor", entry.Actor),
        },
    };

    /// <summary>The Log page with one value of the filter changed; from the newest line on.</summary>
    public static string Filtered(LogFilter filter, string name, string? value) => "/log" + filter.With(name, value).Query();
}
