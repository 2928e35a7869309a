using System.Collections.Immutable;
using Gateway.Core.Api;
using Gateway.Core.Devices;
using Gateway.Core.Net;
using Gateway.WebUi.Tests.Fakes;

namespace Gateway.Browser.Tests.Sites;

/// <summary>A hall as it might be on a bad day: every state, names as long as they may be, values as long as they get.</summary>
internal static class PlantStory
{
    public const string Protected = "aaaaaa", CutOff = "cccccc", Changed = "dddddd", New = "k7m3px", Named = "ffffff", Retired = "gggggg";

    private static readonly ImmutableSortedDictionary<string, string> Labels =
        ImmutableSortedDictionary<string, string>.Empty.Add("line", "filler-2").Add("zone", "safety-relevant-equipment");

    /// <summary>Nobody has claimed it.</summary>
    public static void Unclaimed(FakeBox box) => box.Claimed = false;

    /// <summary>Claimed, nothing plugged in.</summary>
    public static void Empty(FakeBox box) => Claim(box);

    public static void Hall(FakeBox box)
    {
        Claim(box);
        var plc = box.ProtectPlc(1, Protected, "plc-filler-2");
        plc.Proposals.RemoveAll(p => p.Id is "read" or "historian");
        Protect(box, 2, "bbbbbb", "camera-gate", DeviceKind.Camera);
        box.Apply(Protect(box, 3, CutOff, "sorter-a", DeviceKind.SortingMachine), new CutOffDevice(box.Now, "keller"));
        var badge = Protect(box, 4, Changed, "badge-door-2", DeviceKind.BadgeReader);
        badge.NewDeviceId = New;
        badge.Isolation = new IsolationView("D", [Isolation.OthersOnLink, Isolation.HeardBeside]);
        box.Break(badge);
        box.PlugPlc(5, New);
        Protect(box, 6, "eeeeee", "drive-m4-of-the-conveyor-in-hall-3-north-side-02", DeviceKind.Drive).Online = false;
        var named = box.PlugPlc(7, Named, "28:63:36:aa:10:77");
        box.Apply(named, new NameDevice(box.Now, "keller", "plc-filler-3", DeviceKind.Plc, Labels, "", "", ""));
        var retired = Protect(box, 8, Retired, "old-plc", DeviceKind.Plc);
        box.Apply(retired, new RetireDevice(box.Now, "keller"));
        Refuse(box, plc);
    }

    /// <summary>Nothing works but what is local: no packet path, no space, no fabric; and a box with many sockets.</summary>
    public static void Trouble(FakeBox box)
    {
        Claim(box);
        (box.Sockets, box.Dataplane, box.Journal) = (24, "absent", "full");
        box.Fabrics[0] = box.Fabrics[0] with { State = "unreachable", Reason = "connection refused" };
        for (var socket = 1; socket <= 11; socket++)
            Protect(box, socket, $"p{socket}", $"plc-{socket}", DeviceKind.Plc);
        for (var socket = 12; socket <= 16; socket++)
            box.PlugPlc(socket, $"n{socket}", $"28:63:36:aa:11:{socket:x2}");
    }

    private static void Claim(FakeBox box)
    {
        box.Claimed = true;
        box.Accounts[FakeSite.Person] = (FakeSite.Password, "engineer");
    }

    private static FakeDevice Protect(FakeBox box, int socket, string id, string name, DeviceKind kind)
    {
        var device = box.ProtectPlc(socket, id, name);
        box.Apply(device, new NameDevice(box.Now, "keller", name, kind, Labels, "Hall 3, filling line 2", $"=F2+K1-A{socket}", "Team electric"));
        return device;
    }

    private static void Refuse(FakeBox box, FakeDevice plc)
    {
        for (var i = 0; i < 3; i++)
            box.RefuseWrite(plc);
        box.Record("flow-refused", "notice", "10.3.9.77", plc, ("from", "10.3.9.77"), ("to", "plc-filler-2"), ("port", "tcp/80"), ("reason", "NoGrant"), ("count", "2"));
        box.Record("flow-refused", "notice", "gateway", plc,
            ("from", "drive-m4-of-the-conveyor-in-hall-3-north-side-02"), ("to", "plc-filler-2"), ("port", "tcp/44818"), ("reason", "ArpTargetNotGranted"), ("count", "14902"));
        box.Record("identity-issued", "info", "gateway", plc, ("spiffeId", "spiffe://hall3.plant.example/ot/filling/plc-filler-2"), ("notAfter", "2026-03-03 14:05"), ("fingerprint", "4f1c"));
        box.Record("policy-applied", "notice", "keller", null, ("changes", "3"));
        box.Record("signed-in", "info", "keller", null, ("name", "keller"));
    }
}
