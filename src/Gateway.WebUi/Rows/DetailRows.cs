using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Gateway.Core.Api;
using Gateway.WebUi.Wording;

namespace Gateway.WebUi.Rows;

/// <summary>The changing parts of the pages of one device.</summary>
public sealed class DetailRows(Texts texts, Symbols symbols, Clock clock)
{
    /// <summary>A grant that carried a flow so recently is working now.</summary>
    private static readonly TimeSpan Recently = TimeSpan.FromMinutes(5);

    private Texts T => texts;

    /// <summary>Facts that the Found page always shows, known or not, in this order.</summary>
    public static readonly IReadOnlyList<string> Facts = ["vendor", "model", "host-name", "address", "mac"];

    public IEnumerable<LiveRow> All(DeviceDetail detail) =>
        [State(detail), Connector(detail), Identity(detail), Guess(detail), .. Facts.Select(fact => Fact(detail, fact)), .. detail.Grants.Select(g => Grant(detail, g))];

    /// <summary>Changes when the page must be made again, because its form is another: not for values that rows can show.</summary>
    public static string Shape(DeviceDetail detail)
    {
        var shape = string.Join('|', detail.Grants.Select(g => g.Name)
            .Prepend(detail.Identity is null ? "" : "identity").Prepend($"{detail.Break?.Mac} {detail.Break?.Address} {detail.Break?.NewDeviceId}").Prepend(detail.Device.State));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(shape)).AsSpan(0, 4));
    }

    public LiveRow State(DeviceDetail detail)
    {
        var state = StateWords.Shown(detail.Device);
        return new LiveRow("device-state")
        {
            Class = $"state {Symbols.ClassOf(state)}",
            Texts = new Dictionary<string, string>
            {
                ["word"] = T.Pick("state", state, state),
                ["since"] = T["device.since", clock.Short(detail.Device.Since)],
            },
            Links = new Dictionary<string, string> { ["mark"] = symbols.OfState(state) },
        };
    }

    public LiveRow Connector(DeviceDetail detail)
    {
        var state = detail.Identity?.ConnectorState ?? "stopped";
        var shown = state switch { "up" => "working", "denied" or "expired" or "failed" or "suspended" => "refused", _ => "offline" };
        return new LiveRow("connector")
        {
            Class = $"state {Symbols.ClassOf(shown)}",
            Texts = new Dictionary<string, string>
            {
                ["word"] = T.Pick("connector", state, state),
                ["reason"] = detail.Identity?.ConnectorReason ?? "",
                ["flows"] = T.Count("device.flows", detail.Identity?.FlowsOpen ?? 0),
            },
            Links = new Dictionary<string, string> { ["mark"] = symbols.OfState(shown) },
        };
    }

    /// <summary>The certificate; there is none until the fabric has issued the first.</summary>
    public LiveRow Identity(DeviceDetail detail)
    {
        var identity = detail.Identity is { SpiffeId.Length: > 0 } issued ? issued : null;
        return new LiveRow("identity")
        {
            Class = identity is null ? "facts single unknown" : "facts single",
            Texts = new Dictionary<string, string>
            {
                ["id"] = identity?.SpiffeId ?? T["fact.unknown"],
                ["until"] = identity is null ? T["fact.unknown"] : clock.Short(identity.NotAfter),
                ["fingerprint"] = identity?.Fingerprint ?? T["fact.unknown"],
            },
        };
    }

    public LiveRow Guess(DeviceDetail detail) => new("guess")
    {
        Texts = new Dictionary<string, string> { ["text"] = GuessWords.Sentence(T, detail.Device.Guess) },
    };

    public LiveRow Fact(DeviceDetail detail, string attribute)
    {
        var value = attribute switch
        {
            "mac" => detail.Device.Mac,
            "address" => detail.Device.Address,
            _ => detail.Evidence.Where(e => e.Attribute == attribute).MaxBy(e => e.Confidence)?.Value ?? "",
        };
        return new LiveRow($"fact-{attribute}")
        {
            Class = value.Length > 0 ? "fact" : "fact unknown",
            Texts = new Dictionary<string, string> { ["value"] = value.Length > 0 ? value : T["fact.unknown"] },
        };
    }

    /// <summary>Whether a grant works now: "Working", "Refused" while the device is blocked, else when it was last used.</summary>
    public LiveRow Grant(DeviceDetail detail, GrantView grant)
    {
        var (state, word) = detail.Device.State != "protected" ? ("refused", T["grant.refused"])
            : grant.LastUsed is not { } used ? ("offline", T["grant.unused"])
            : clock.Now - used <= Recently ? ("working", T["grant.working"])
            : ("offline", T["grant.last", clock.Short(used)]);
        return new LiveRow(GrantId(grant))
        {
            Class = Symbols.ClassOf(state),
            Texts = new Dictionary<string, string> { ["now"] = word },
            Links = new Dictionary<string, string> { ["mark"] = symbols.OfState(state) },
        };
    }

    // Names of grants may hold characters that an id may not.
    private static string GrantId(GrantView grant) => "grant-" + string.Concat(grant.Name.Select(c =>
        char.IsAsciiLetterOrDigit(c) || c == '-' ? c.ToString() : string.Create(CultureInfo.InvariantCulture, $"_{(int)c:x}")));
}
