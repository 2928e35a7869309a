using System.Reflection;
using Gateway.Core.Api;
using Gateway.Core.Devices;
using Gateway.Core.Policy;
using Gateway.Core.Store;
using Gateway.Service.Dataplane;
using Gateway.Service.Devices;
using Gateway.Service.Fabrics;
using Gateway.Service.Records;
using Gateway.Service.State;

namespace Gateway.Service.Views;

/// <summary>Makes what the API shows of the whole box.</summary>
internal sealed class BoxViews(
    StateStore state, SiteContext site, DeviceViews devices, DeviceDiscovery discovery, DeviceWatch watch, FabricSet fabrics, ConnectionSet connections,
    DataplaneClient dataplane, PolicyInstaller installer, RecordLog log, TimeProvider time)
{
    private static readonly TimeSpan StatusPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CertificateWarning = TimeSpan.FromHours(12);

    public static string Version { get; } =
        typeof(BoxViews).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    public BoxPublicView Public() => new(site.Document.Site, Version, state.Current.Claimed);

    public BoxView Box()
    {
        var present = state.Current.Present.ToList();
        return new BoxView(
            site.Document.Site, Version, state.Current.Claimed, [.. Downlinks().Select(l => Socket(l, present))], Uplinks(), fabrics.Views(), Needs(present),
            Dataplane, Journal, present.Count(d => d.State == DeviceState.Protected), present.Count, log.Journal.Head.Sequence);
    }

    public StatusView Status()
    {
        var head = state.Journal?.Head;
        var links = dataplane.Status?.Links ?? [];
        return new StatusView(
            Version, Dataplane, installer.InstalledVersion, installer.InstalledHash, head?.Sequence ?? 0, head is { } position ? position.Hash.ToString() : "",
            Journal, fabrics.Views(),
            [.. links.Select(l => new LinkCountersView(
                l.Name, l.Up, l.FramesIn, l.FramesOut, l.RingLosses, l.Drops.ToDictionary(d => d.Reason.ToString(), d => d.Count)))]);
    }

    public string Dataplane => !dataplane.IsConnected ? "absent"
        : dataplane.Status is not null && time.GetUtcNow() - dataplane.StatusAt > StatusPatience ? "hanging"
        : "running";

    public string Journal => (state.Journal?.Condition, log.Journal.Condition) switch
    {
        (null, _) or (JournalCondition.Failed, _) or (_, JournalCondition.Failed) => "failed",
        (JournalCondition.Full, _) or (_, JournalCondition.Full) => "full",
        _ => "ok",
    };

    private IEnumerable<LinkSpec> Downlinks() => site.Document.Links.Where(l => l.Role == LinkRole.Downlink).OrderBy(l => l.Socket).ThenBy(l => l.Vlan);

    private List<UplinkView> Uplinks() =>
        [.. site.Document.Links.Where(l => l.Role == LinkRole.Uplink).Select(l => new UplinkView(l.Name, watch.IsUp(l.Name)))];

    private SocketView Socket(LinkSpec link, List<Device> present)
    {
        // The device that matters most holds the socket on the drawing: what is blocked for a change, then what is protected, then what waits.
        var device = present.Where(d => d.Link == link.Name).OrderByDescending(Rank).FirstOrDefault();
        var up = watch.IsUp(link.Name);
        var shown = device switch
        {
            null => "empty",
            { State: DeviceState.Protected } when !watch.IsOnline(device) => "offline",
            { State: DeviceState.New or DeviceState.Named } when !up => "offline",
            _ => ApiWords.Of(device.State),
        };
        return new SocketView(link.Socket, link.Name, up, device?.Id, device?.Name ?? "", DeviceKinds.Label(KindOf(device)), shown) { Vlan = link.Vlan };
    }

    private static int Rank(Device device) => device.State switch
    {
        DeviceState.Changed => 5,
        DeviceState.CutOff => 4,
        DeviceState.Protected => 3,
        DeviceState.Named => 2,
        _ => 1,
    };

    private DeviceKind KindOf(Device? device) => device is null ? DeviceKind.Other : device.Name.Length > 0 ? device.Kind : discovery.GuessOf(device.Id).Kind;

    private List<NeedView> Needs(List<Device> present)
    {
        var needs = new List<NeedView>();
        var now = time.GetUtcNow();
        if (Dataplane != "running")
            needs.Add(new NeedView(NeedKinds.DataplaneAway, 0, null, "", now));
        if (Journal != "ok")
            needs.Add(new NeedView(NeedKinds.JournalFull, 0, null, Journal, now));
        needs.AddRange(present.Where(d => d.State == DeviceState.Changed).Select(d => Need(NeedKinds.ChangedDevice, d)));
        needs.AddRange(present.Where(d => d.State is DeviceState.New or DeviceState.Named).OrderBy(d => d.FoundAt).Select(d => Need(NeedKinds.NewDevice, d)));
        needs.AddRange(fabrics.Views().Where(f => f.State != "connected").Select(f => new NeedView(NeedKinds.FabricAway, 0, null, f.Name, f.Since)));
        needs.AddRange(present.Where(d => connections.Of(d.Id)?.Status.CertificateNotAfter is { } end && end - now < CertificateWarning).Select(d => Need(NeedKinds.CertificateEnding, d)));
        return needs;
    }

    private NeedView Need(string what, Device device)
    {
        var row = devices.Row(device);
        return new NeedView(what, row.Socket, device.Id, row.Name.Length > 0 ? row.Name : row.Guess.Kind, device.StateSince);
    }
}
