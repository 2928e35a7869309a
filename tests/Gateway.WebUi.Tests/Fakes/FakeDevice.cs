using Gateway.Core.Api;
using Gateway.Core.Devices;
using Gateway.Core.Net;

namespace Gateway.WebUi.Tests.Fakes;

/// <summary>A device of the fake service: its state moves by the real <see cref="DeviceLife"/>, the rest is a story.</summary>
internal sealed class FakeDevice(Device device, int socket)
{
    public Device Device { get; set; } = device;

    public int Socket { get; } = socket;

    public bool Online { get; set; } = true;

    public string Address { get; set; } = "192.168.10.21";

    public GuessView Guess { get; set; } = new("plc", 70, [new("vendor", "Siemens AG"), new("model", "S7-1500")]);

    public List<EvidenceView> Evidence { get; } = [];

    public List<GrantView> Grants { get; } = [];

    public List<ProposalView> Proposals { get; } = [];

    public IdentityView? Identity { get; set; }

    public string? NewDeviceId { get; set; }

    /// <summary>Address of what speaks in its place, once it is heard.</summary>
    public string SeenAddress { get; set; } = "";

    public string State => Kebab(Device.State.ToString());

    public DeviceView View() => new(
        Device.Id, Device.Name, Kebab(Device.Kind.ToString()), State, Online, Socket, Device.Mac.ToString(), Address,
        Device.SegmentAddress.ToString(), Guess, Device.StateSince);

    public IsolationView Isolation { get; set; } = new("A", [Core.Devices.Isolation.OwnSocket]);

    public DeviceDetail Detail(IReadOnlyList<LogEntryView> refused) => new(
        View(), Device.Labels, Device.Place, Device.EquipmentNumber, Device.Keeper, Bound(),
        new BindingView(Device.Link, Device.Mac.ToString(), $"{Address}/24", "192.168.10.254", "", null),
        Device.Break is { } seen ? new BreakView(seen.Mac == MacAddress.Zero ? "" : seen.Mac.ToString(), SeenAddress, seen.At, NewDeviceId) : null,
        [.. Evidence], Identity, [.. Grants], refused)
    {
        Isolation = Isolation,
    };

    public static string Kebab(string name) =>
        string.Concat(name.Select((c, i) => char.IsUpper(c) ? (i > 0 ? "-" : "") + char.ToLowerInvariant(c) : c.ToString()));

    private BindingView? Bound() => Device.Binding is { } bound
        ? new BindingView(bound.Link, bound.Mac.ToString(), bound.Address.ToString(), bound.GatewayAddress.ToString(), bound.ApprovedBy, bound.ApprovedAt)
        : null;
}
