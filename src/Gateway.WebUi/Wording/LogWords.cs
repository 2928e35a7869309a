using System.Globalization;
using System.Text;
using Gateway.Core.Api;

namespace Gateway.WebUi.Wording;

/// <summary>A line of the log in words, from its kind and values.</summary>
internal static class LogWords
{
    public static string Title(Texts T, string kind) => T.Pick("event", kind, kind);

    public static string Sentence(Texts T, LogEntryView entry) => T.Pick("log", entry.Kind, Values(T, entry));

    /// <summary>The device that a line concerns; one without a name by its short code, empty when there is none.</summary>
    public static string Device(Texts T, LogEntryView entry) => entry.DeviceName.Length > 0 ? entry.DeviceName
        : entry.DeviceId is { } id ? T["device.unnamed", id]
        : "";

    public static string Actor(Texts T, LogEntryView entry) => entry.Actor == LogActors.Gateway ? T["log-actor.gateway"]
        : entry.Actor == LogActors.SiteFile ? T["log-actor.site-file"]
        : entry.Actor == entry.Values.GetValueOrDefault("fromId") || (entry.Actor == entry.DeviceId && entry.DeviceName.Length == 0) ? T["device.unnamed", entry.Actor]
        : entry.Actor;

    private static Dictionary<string, string> Values(Texts T, LogEntryView entry)
    {
        var values = new Dictionary<string, string>(entry.Values, StringComparer.Ordinal) { ["actor"] = Actor(T, entry), ["kind"] = entry.Kind };
        if (Device(T, entry) is { Length: > 0 } device)
            values["device"] = device;
        if (values.TryGetValue("port", out var port))
            values["port"] = GrantWords.Port(T, port);
        switch (entry.Kind)
        {
            case LogKinds.FlowOpened or LogKinds.FlowClosed or LogKinds.FlowRefused:
                AddFlow(T, entry.Values, values);
                break;
            case LogKinds.OperationRefused or LogKinds.OperationWritten:
                AddOperation(T, entry.Values, values);
                break;
            case LogKinds.DeviceChanged:
                values["seen"] = Any(entry.Values, "seenMac", "seenAddress") ?? T["log-page.something"];
                break;
        }
        return values;
    }

    private static void AddFlow(Texts T, IReadOnlyDictionary<string, string> told, Dictionary<string, string> values)
    {
        values["times"] = Times(T, told.GetValueOrDefault("count"));
        if (End(T, told, "from", "fromId", "source") is { } from)
            values["from"] = from;
        if (End(T, told, "to", "toId", "destination") is { } to)
            values["to"] = to;
        // The service writes a reason as in the list of reasons, NoGrant.
        if (told.TryGetValue("reason", out var reason))
            values["reason"] = T.Pick("drop", Hyphens(reason), reason);
    }

    private static void AddOperation(Texts T, IReadOnlyDictionary<string, string> told, Dictionary<string, string> values)
    {
        values["times"] = Times(T, told.GetValueOrDefault("times"));
        values["addresses"] = Addresses(told);
        var operation = told.GetValueOrDefault("operation", "");
        if (operation == "write-coil" && told.TryGetValue("value", out var value))
            values["value"] = T.Pick("coil", value, value);
        values["act"] = T.Pick("act", operation, values);
        if (told.TryGetValue("subFunction", out var sub))
            values["function"] = $"{told.GetValueOrDefault("function")}/{sub}";
        if (told.TryGetValue("reason", out var reason))
            values["reason"] = T.Pick("miss", reason, reason);
    }

    /// <summary>One end of a flow: its name; its short code when it has none; its address when nobody knows it.</summary>
    private static string? End(Texts T, IReadOnlyDictionary<string, string> told, string name, string id, string address)
    {
        var known = told.GetValueOrDefault(name);
        return known is not null && known == told.GetValueOrDefault(id) ? T["device.unnamed", known] : known ?? told.GetValueOrDefault(address);
    }

    /// <summary>" (17 ×)"; nothing for what happened once.</summary>
    private static string Times(Texts T, string? count) => count is null or "1" ? "" : " " + T["log-page.times", count];

    /// <summary><c>10</c>, or <c>10-19</c>.</summary>
    private static string Addresses(IReadOnlyDictionary<string, string> told)
    {
        var first = told.GetValueOrDefault("address", "?");
        return int.TryParse(first, CultureInfo.InvariantCulture, out var from)
            && int.TryParse(told.GetValueOrDefault("count"), CultureInfo.InvariantCulture, out var count) && count > 1
            ? string.Create(CultureInfo.InvariantCulture, $"{from}-{from + count - 1}")
            : first;
    }

    private static string? Any(IReadOnlyDictionary<string, string> told, string first, string second) =>
        told.GetValueOrDefault(first) ?? told.GetValueOrDefault(second);

    private static string Hyphens(string word)
    {
        var result = new StringBuilder(word.Length + 4);
        foreach (var c in word)
        {
            if (char.IsAsciiLetterUpper(c) && result.Length > 0)
                result.Append('-');
            result.Append(char.ToLowerInvariant(c));
        }
        return result.ToString();
    }
}
