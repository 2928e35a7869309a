using System.Globalization;
using Gateway.Core.Api;
using Gateway.WebUi.Wording;

namespace Gateway.WebUi.Rows;

/// <summary>The changing parts of the Box page, and of the head of every page.</summary>
public sealed class BoxRows(Texts texts, Symbols symbols, Clock clock)
{
    /// <summary>Most cards: more than three things to do are a list, and the list is the Devices page.</summary>
    public const int MostCards = 3;

    private Texts T => texts;

    public IEnumerable<LiveRow> All(BoxView box) =>
    [
        Head(box), Answer(box), .. box.Sockets.Select(Socket), .. box.Uplinks.Select(Uplink), .. box.Fabrics.Select(Fabric),
        .. Enumerable.Range(0, MostCards).Select(i => Card(box, i)), More(box),
    ];

    public LiveRow Head(BoxView box) => new("head-state")
    {
        Class = "state state-protected",
        Texts = new Dictionary<string, string> { ["word"] = T["head.protected", box.DevicesProtected, box.DevicesTotal] },
        Links = new Dictionary<string, string> { ["mark"] = symbols.OfState("protected") },
    };

    public LiveRow Answer(BoxView box)
    {
        var running = box is { Dataplane: "running", Journal: "ok" };
        var state = running ? "working" : "changed";
        return new LiveRow("answer")
        {
            Class = $"answer {Symbols.ClassOf(state)}",
            Links = new Dictionary<string, string> { ["mark"] = symbols.OfState(state) },
            Texts = new Dictionary<string, string>
            {
                ["yes"] = running ? T["box.yes"] : T.Pick("box.no", box.Dataplane != "running" ? "dataplane" : "journal"),
                ["protected"] = T.Count("box.protected", box.DevicesProtected),
                ["needs"] = box.Needs.Count == 0 ? T["box.needs-nothing"] : T.Count("box.needs", box.Needs.Count),
            },
        };
    }

    public LiveRow Socket(SocketView socket) => new(string.Create(
        CultureInfo.InvariantCulture, $"socket-{socket.Number}{(socket.Vlan == 0 ? "" : $"-{socket.Vlan}")}"))
    {
        Class = $"socket {Symbols.ClassOf(socket.State)}{(socket.State is "new" or "changed" ? " calls" : "")}",
        Texts = new Dictionary<string, string>
        {
            ["name"] = NameOf(socket),
            ["kind"] = socket.DeviceId is null || socket.DeviceName.Length == 0 ? "" : T.Pick("kind", socket.Kind),
            ["state"] = socket.DeviceId is null ? "" : T.Pick("state", socket.State, socket.State),
        },
        Links = new Dictionary<string, string>
        {
            ["to"] = DeviceLinks.For(socket.DeviceId, socket.State),
            ["mark"] = symbols.OfState(socket.DeviceId is null ? "empty" : socket.State),
        },
    };

    public LiveRow Uplink(UplinkView uplink) => new($"uplink-{uplink.Link}")
    {
        Class = $"socket uplink {Symbols.ClassOf(uplink.Up ? "working" : "offline")}",
        Texts = new Dictionary<string, string> { ["state"] = uplink.Up ? T["uplink.up"] : T["uplink.down"] },
        Links = new Dictionary<string, string> { ["mark"] = symbols.OfState(uplink.Up ? "working" : "offline") },
    };

    public LiveRow Fabric(FabricView fabric) => new($"fabric-{fabric.Name}")
    {
        Class = $"state {Symbols.ClassOf(fabric.State switch { "connected" => "working", "refused" => "refused", _ => "offline" })}",
        Texts = new Dictionary<string, string> { ["word"] = T.Pick("fabric-state", fabric.State, fabric.State) },
        Links = new Dictionary<string, string>
        {
            ["mark"] = symbols.OfState(fabric.State switch { "connected" => "working", "refused" => "refused", _ => "offline" }),
        },
    };

    public LiveRow Card(BoxView box, int index)
    {
        var id = $"need-{index + 1}";
        if (index >= box.Needs.Count)
            return new LiveRow(id) { Class = "none" };
        var need = box.Needs[index];
        var state = need.What == "new-device" ? "new" : need.What == "changed-device" ? "changed" : "unknown";
        return new LiveRow(id)
        {
            Class = $"card need {Symbols.ClassOf(state is "unknown" ? "changed" : state)}",
            Texts = new Dictionary<string, string>
            {
                ["title"] = T.Pick("need-title", need.What, need.Socket, Detail(need)),
                ["text"] = T.Pick("need-text", need.What, Detail(need), clock.Short(need.Since)),
                ["do"] = T.Pick("need-do", need.What),
            },
            Links = new Dictionary<string, string>
            {
                ["to"] = need.DeviceId is null ? "/log" : DeviceLinks.For(need.DeviceId, state),
                ["mark"] = symbols.OfState(state is "unknown" ? "changed" : state),
            },
        };
    }

    public LiveRow More(BoxView box) => new("need-more")
    {
        Class = box.Needs.Count > MostCards ? "more" : "none",
        Texts = new Dictionary<string, string> { ["text"] = T.Count("box.more", Math.Max(0, box.Needs.Count - MostCards)) },
    };

    private string NameOf(SocketView socket) => socket.DeviceId is null ? T["socket.empty"]
        : socket.DeviceName.Length > 0 ? socket.DeviceName
        : T["socket.unnamed"];

    // For a new device the detail is the kind it is taken for; else a name.
    private string Detail(NeedView need) => need.What == "new-device" && T.Knows("looks-like", need.Detail)
        ? T.Pick("looks-like", need.Detail)
        : need.Detail.Length > 0 ? need.Detail : T["looks-like.other"];
}
