using System.Collections.Immutable;
using Gateway.Core.Api;
using Gateway.Core.Devices;
using Gateway.Core.Net;

namespace Gateway.WebUi.Tests.Fakes;

/// <summary>Situations in which many tests begin.</summary>
internal static class Stories
{
    private static readonly ImmutableSortedDictionary<string, string> NoLabels = ImmutableSortedDictionary<string, string>.Empty;

    public const string PlcMac = "28:63:36:aa:10:2f";

    /// <summary>A PLC appears on socket 5, with what was seen of it and what it may be allowed to do.</summary>
    public static FakeDevice PlugPlc(this FakeBox box, int socket = 5, string id = "k7m3px", string mac = PlcMac) => box.Plug(socket, mac, id, device =>
    {
        device.Evidence.AddRange(
        [
            new("vendor", "Siemens AG", "oui", 60, box.Now, box.Now, false),
            new("model", "S7-1500", "lldp", 80, box.Now, box.Now, true),
            new("model", "S7-1200", "mdns", 40, box.Now, box.Now, true),
            new("host-name", "plc-fill-02", "dhcp", 70, box.Now, box.Now, false),
            new("address", "192.168.10.21", "arp", 90, box.Now, box.Now, false),
        ]);
        device.Proposals.AddRange(
        [
            new("read", "caller scada", $"device {id}", "tcp/502", "modbus read", "in", ProposalPurposes.ModbusRead, true, ProposalReasons.FabricAllows, 14902),
            new("write", "caller scada", $"device {id}", "tcp/502", "modbus operate", "in", ProposalPurposes.ModbusOperate, false, ProposalReasons.WritesValues, 0),
            new("historian", $"device {id}", "service historian", "tcp/8883", "", "out", ProposalPurposes.Send, true, ProposalReasons.Tried, 28),
            new("web", "peer 10.3.9.77", $"device {id}", "tcp/80", "", "in", ProposalPurposes.Reach, false, ProposalReasons.FabricRefuses, 2),
        ]);
    });

    /// <summary>The same PLC, named, allowed and connected.</summary>
    public static FakeDevice ProtectPlc(this FakeBox box, int socket = 5, string id = "k7m3px", string name = "plc-7")
    {
        var device = box.PlugPlc(socket, id, $"28:63:36:aa:10:{socket:x2}");
        box.Apply(device, new NameDevice(box.Now, "keller", name, DeviceKind.Plc, NoLabels, "Hall 3, filling line 2", "=F2+K1-A1", "Team electric"));
        var binding = new Binding($"s{socket}", 0, device.Device.Mac, Ipv4Prefix.Parse("192.168.10.21/24"), Ipv4Address.Parse("192.168.10.254"), "keller", box.Now);
        box.Apply(device, new ApproveDevice(box.Now, "keller", binding, "corridor"));
        device.Grants.Add(new GrantView($"{name}-read", "caller scada", $"device {name}", ["tcp/502 modbus read"], "in", "", box.Now));
        device.Grants.Add(new GrantView($"{name}-historian", $"device {name}", "service historian", ["tcp/8883"], "out", "", box.Now.AddHours(-3)));
        device.Identity = new IdentityView($"spiffe://hall3/ot/filling/{name}", string.Concat(Enumerable.Repeat("4f1c", 16)), box.Now.AddDays(1), "up", "", 2);
        return device;
    }

    /// <summary>Another hardware address speaks on the socket of a protected device.</summary>
    public static void Break(this FakeBox box, FakeDevice device, string mac = "00:80:f4:01:02:03")
    {
        box.Apply(device, new BindingBroke(box.Now, "gateway", new BindingBreak(MacAddress.Parse(mac), default, box.Now)));
        device.Identity = device.Identity! with { ConnectorState = "suspended", ConnectorReason = "the binding is broken" };
        box.Record("device-changed", "alarm", "gateway", device, ("seenMac", mac));
        box.Changed(device);
    }

    /// <summary>Somebody tried a write that no grant allows.</summary>
    public static void RefuseWrite(this FakeBox box, FakeDevice device, string caller = "scada") => box.Record(
        LogKinds.OperationRefused, LogSeverities.Notice, caller, device, ("caller", caller), ("operation", "write-register"), ("protocol", "modbus"),
        ("function", "6"), ("unit", "1"), ("address", "40"), ("count", "1"), ("value", "7"), ("times", "1"), ("reason", "reading-only"));
}
