using System.Collections.Immutable;
using System.Threading.Channels;
using Gateway.Core.Api;
using Gateway.Core.Devices;
using Gateway.Core.Net;

namespace Gateway.WebUi.Tests.Fakes;

/// <summary>What the fake service knows. One lock for all: tests read and write it from outside.</summary>
internal sealed class FakeBox(TimeProvider time)
{
    public const string ClaimCode = "KQ4T-9WHM-2FXA";

    private readonly List<Channel<(string Type, long Id, object Data)>> _listeners = [];
    private long _sequence;

    public Lock Gate { get; } = new();

    public string Site { get; set; } = "Hall 3";

    public bool Claimed { get; set; }

    public int Sockets { get; set; } = 8;

    public string Dataplane { get; set; } = "running";

    public string Journal { get; set; } = "ok";

    public List<FabricView> Fabrics { get; } = [new("corridor", "corridor", "connected", "", time.GetUtcNow())];

    public Dictionary<string, (string Password, string Role)> Accounts { get; } = [];

    public Dictionary<string, SessionView> Sessions { get; } = [];

    public List<FakeDevice> Devices { get; } = [];

    public List<LogEntryView> Log { get; } = [];

    public DateTimeOffset Now => time.GetUtcNow();

    public SessionView NewSession(string name)
    {
        var session = new SessionView($"token-{Sessions.Count}-{Guid.NewGuid():N}", name, Accounts[name].Role, Now.AddHours(8));
        Sessions[session.Token] = session;
        return session;
    }

    /// <summary>A device appears on a socket, as the dataplane would report it.</summary>
    public FakeDevice Plug(int socket, string mac, string id, Action<FakeDevice>? tell = null)
    {
        lock (Gate)
        {
            var found = DeviceLife.Found(
                id, $"s{socket}", MacAddress.Parse(mac), new Ipv4Address(0x6440_0000u + (uint)socket), Now);
            var device = new FakeDevice(found, socket);
            tell?.Invoke(device);
            Devices.Add(device);
            Record("device-found", "notice", "gateway", device, ("mac", mac), ("link", found.Link), ("socket", $"{socket}"));
            Changed(device);
            return device;
        }
    }

    public FakeDevice Find(string id) => Devices.First(d => d.Device.Id == id);

    /// <summary>Moves the device by the real rules; null when done, else why not.</summary>
    public string? Apply(FakeDevice device, DeviceCommand command)
    {
        lock (Gate)
        {
            var result = DeviceLife.Apply(device.Device, command);
            device.Device = result.Device;
            if (result.Done)
                Changed(device);
            return result.Refusal;
        }
    }

    public void Record(string kind, string severity, string actor, FakeDevice? device, params (string Name, string Value)[] values)
    {
        Assert.Contains(kind, LogKinds.All);
        Assert.Contains(severity, LogSeverities.All);
        lock (Gate)
        {
            var entry = new LogEntryView(
                ++_sequence, Now, kind, severity, actor, device?.Device.Id, device?.Device.Name ?? "", values.ToImmutableDictionary(v => v.Name, v => v.Value));
            Log.Add(entry);
            Send(kind, entry.Sequence, entry);
        }
    }

    public void Changed(FakeDevice device)
    {
        Send("device", _sequence, device.View());
        Send("box", _sequence, View());
    }

    public IReadOnlyList<LogEntryView> Refused(string id)
    {
        lock (Gate)
            return [.. Log.Where(e => e.DeviceId == id && e.Kind is "flow-refused" or "operation-refused").Reverse().Take(20)];
    }

    public BoxView View()
    {
        lock (Gate)
        {
            var known = Devices.Where(d => d.Device.State != DeviceState.Retired).ToList();
            return new BoxView(
                Site, "0.1.0", Claimed, [.. Trunk.Select(vlan => Socket(1) with { Vlan = vlan }), .. Enumerable.Range(1, Sockets).Skip(Trunk.Length > 0 ? 1 : 0).Select(Socket)], [new UplinkView("uplink", true)], [.. Fabrics],
                [.. Needs()], Dataplane, Journal, known.Count(d => d.Device.State == DeviceState.Protected), known.Count, _sequence);
        }
    }

    public ChannelReader<(string Type, long Id, object Data)> Listen(CancellationToken ended)
    {
        var channel = Channel.CreateUnbounded<(string, long, object)>();
        lock (Gate)
            _listeners.Add(channel);
        ended.Register(() => channel.Writer.TryComplete());
        return channel.Reader;
    }

    /// <summary>Ends every event stream, as a dying service would.</summary>
    public void DropListeners()
    {
        lock (Gate)
        {
            _listeners.ForEach(listener => listener.Writer.TryComplete());
            _listeners.Clear();
        }
    }

    private void Send(string type, long id, object data)
    {
        lock (Gate)
            _listeners.ForEach(listener => listener.Writer.TryWrite((type, id, data)));
    }

    /// <summary>VLANs of the trunk in socket 1; none when it is a socket of its own.</summary>
    public int[] Trunk { get; set; } = [];

    private SocketView Socket(int number)
    {
        var device = Devices.LastOrDefault(d => d.Socket == number && d.Device.State != DeviceState.Retired);
        return device is null
            ? new SocketView(number, $"s{number}", false, null, "", "other", "empty")
            : new SocketView(number, $"s{number}", device.Online, device.Device.Id, device.Device.Name,
                FakeDevice.Kebab(device.Device.Kind.ToString()), device is { Online: false, State: "protected" } ? "offline" : device.State);
    }

    private IEnumerable<NeedView> Needs() => Devices
        .Where(d => d.State is "changed" or "new")
        .OrderBy(d => d.State)
        .Select(d => d.State == "new"
            ? new NeedView("new-device", d.Socket, d.Device.Id, d.Guess.Kind, d.Device.FoundAt)
            : new NeedView("changed-device", d.Socket, d.Device.Id, d.Device.Name, d.Device.StateSince));
}
