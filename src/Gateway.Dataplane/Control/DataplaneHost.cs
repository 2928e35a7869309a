using System.Security.Cryptography;
using Gateway.Core.Control;
using Gateway.Core.Net;
using Gateway.Core.Policy;
using Gateway.Dataplane.FastPath;
using Gateway.Dataplane.Filter;
using Gateway.Dataplane.Flows;
using Gateway.Dataplane.Pipeline;
using Gateway.Dataplane.Segments;

namespace Gateway.Dataplane.Control;

/// <summary>What the dataplane is started with.</summary>
/// <param name="Policy">Policy to begin with; its links are the links of this run.</param>
/// <param name="ControlSocket">Where the service connects; null to run without one.</param>
/// <param name="StateFolder">Where the last good policy is kept; null to keep none.</param>
/// <param name="FastPath">The only fast path to try; null for the best one there is.</param>
internal sealed record DataplaneOptions(CompiledPolicy Policy, string? ControlSocket, string? StateFolder, FastPathTier? FastPath = null);

/// <summary>Puts the parts together: loop, rings, link monitor, reporter, control socket. Three threads of its own: packets, records,
/// link messages.</summary>
internal sealed partial class DataplaneHost : IAsyncDisposable
{
    private static readonly TimeSpan StatusInterval = TimeSpan.FromSeconds(1);

    private readonly DataplaneOptions _options;
    private readonly TimeProvider _time;
    private readonly Action<ControlMessage> _listener;
    private readonly EntitySlots _slots = new();
    private readonly LoopRings _rings = new();
    private readonly BoxState _box;
    private readonly PacketLoop _loop;
    private readonly LoopPulse _pulse;
    private readonly PolicyKeeper _policies;
    private readonly CallerContexts _callers;
    private readonly RecordReporter _reporter;
    private readonly LinkAttacher _attacher;
    private readonly ControlServer? _server;
    private readonly ulong _boot = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
    private readonly List<Thread> _threads = [];
    private readonly KernelFastPath? _fastPath;
    private readonly string _fastPathTold;
    private LinkMonitor? _monitor;

    /// <param name="options">What to run.</param>
    /// <param name="time">Clock for records.</param>
    /// <param name="listener">Hears every message that also goes to the service, for people at the console.</param>
    public DataplaneHost(DataplaneOptions options, TimeProvider time, Action<ControlMessage> listener)
    {
        _options = options;
        _time = time;
        _listener = listener;
        _box = new BoxState([.. options.Policy.Links.Select((l, i) => new LinkState(i, l.Name, l.Role, 0) { Interface = l.Interface, Vlan = l.Vlan })]);
        _loop = new PacketLoop(_box, _rings);
        _fastPath = FastPathStart.Open(options.FastPath, out _fastPathTold);
        _loop.Pipeline.Flows.Offload = _fastPath ?? FlowOffload.None;
        _pulse = new LoopPulse(_loop, time);
        _policies = new PolicyKeeper(_loop, _slots, options.StateFolder);
        _callers = new CallerContexts(_box);
        var names = new RecordNames(_box, _policies, _slots, _callers);
        _server = options.ControlSocket is { } path ? new ControlServer(path, AnswerAsync) { Trouble = Say } : null;
        _reporter = new RecordReporter(_rings, _box, names, _callers, time, Tell);
        _attacher = new LinkAttacher(options.Policy.Links, _loop, _fastPath, time, Tell, text => Say(text));
    }

    /// <summary>Says something to the people at the console.</summary>
    public Action<string> Say { get; init; } = _ => { };

    /// <summary>Opens everything and starts the threads. Frames pass when it returns.</summary>
    /// <exception cref="IOException">A link cannot be opened, or the control socket cannot be bound.</exception>
    public void Start()
    {
        Say($"fast path: {_fastPathTold}");
        _policies.Begin(_options.Policy, version: 0);
        _monitor = new LinkMonitor();
        _attacher.AttachAll();
        StartThread("packets", _loop.Run);
        StartThread("records", _reporter.Run);
        StartThread("links", () => _monitor.Run(_attacher.Changed));
        _server?.Start();
    }

    /// <summary>Sends status each second and asks the loop for signs of life, until cancelled.</summary>
    /// <param name="alive">Called after each sign of life.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task WatchAsync(Action alive, CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(StatusInterval, _time);
        while (await timer.WaitForNextTickAsync(cancel).ConfigureAwait(false))
        {
            _reporter.SumsDue();
            if (await _pulse.BeatsAsync(cancel).ConfigureAwait(false))
                alive();
            else
                Say("the packet loop gave no sign of life");
            _server?.TellNow(Status());
        }
    }

    public StatusMessage Status()
    {
        var image = _policies.Current;
        return new StatusMessage(
            _time.GetUtcNow(), image.Version, [.. _box.Links.Select(LinkStatusOf)],
            [.. image.Devices.Select(d => DeviceStatusOf(_box.DeviceBySlot(d.Slot)))], (uint)_loop.Pipeline.Flows.OpenFlows, _loop.Beats,
            _fastPath?.Tier ?? FastPathTier.Off, (uint)_loop.Pipeline.Flows.OffloadedFlows);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync().ConfigureAwait(false);
        _monitor?.Dispose();
        _loop.Stop();
        _reporter.Stop();
        foreach (var thread in _threads)
            thread.Join();
        _loop.Dispose();
        _rings.Dispose();
    }

    private LinkStatus LinkStatusOf(LinkState link) => new(
        link.Name, link.Up, link.FramesIn, link.FramesOut, _loop.LossesOf(link.Index),
        [.. Enum.GetValues<DropReason>().Select(r => new DropCount(r, link.Drops(r))).Where(d => d.Count > 0)]);

    private DeviceStatus DeviceStatusOf(DeviceRuntime device) =>
        new(device.Id, device.Binding, (uint)device.OpenFlows, device.BytesIn, device.BytesOut)
        {
            Isolation = device.Isolation.At(_box.NowMs),
        };

    private void Tell(ControlMessage message)
    {
        _listener(message);
        _server?.Tell(message);
    }

    private void StartThread(string name, Action body)
    {
        var thread = new Thread(() => body()) { Name = name, IsBackground = true };
        thread.Start();
        _threads.Add(thread);
    }

    private async Task<ControlMessage?> AnswerAsync(ControlMessage request)
    {
        switch (request)
        {
            case Hello hello:
                return hello.Protocol == ControlProtocol.Version
                    ? new Welcome(ControlProtocol.Version, _boot, _policies.Current.Version, _policies.Current.Hash)
                    : Refuse(0, $"this dataplane speaks control protocol {ControlProtocol.Version}, not {hello.Protocol}");
            case InstallPolicy install:
                return await InstallAsync(install).ConfigureAwait(false);
            case OpenIntent intent:
                return await AnnounceAsync(intent).ConfigureAwait(false);
            case VerifyBinding verify when _slots.TryFind(EntityKind.Device, verify.Device, out var slot):
                _loop.Post(new VerifyDevice(slot));
                return Accept(verify.Request);
            case VerifyBinding verify:
                return Refuse(verify.Request, $"no device has the id {verify.Device}", DropReason.UnknownDevice);
            case EndFlows end when _slots.TryFind(EntityKind.Device, end.Device, out var slot):
                var command = new EndDeviceFlows(slot, end.Caller);
                _loop.Post(command);
                await command.Done.ConfigureAwait(false);
                return Accept(end.Request);
            case EndFlows end:
                return Refuse(end.Request, $"no device has the id {end.Device}", DropReason.UnknownDevice);
            default:
                return Refuse(0, $"{request.Type} is no request");
        }
    }

    private async Task<Reply> InstallAsync(InstallPolicy install)
    {
        var problem = await _policies.InstallAsync(install.Blob, install.Version).ConfigureAwait(false);
        Say(problem is null ? $"policy {install.Version} in force" : $"policy {install.Version}: {problem}");
        return problem is null || _policies.Current.Version == install.Version
            ? new Reply(install.Request, true, DropReason.NoGrant, problem ?? "")
            : Refuse(install.Request, problem);
    }

    /// <summary>Checks an announcement against the policy first, so that the connector hears at once what the packets would meet.</summary>
    private async Task<Reply> AnnounceAsync(OpenIntent intent)
    {
        if (!TryResolve(intent, out var segment, out var entries, out var reason, out var why))
            return Refuse(intent.Request, why, reason);
        var number = _callers.Take(new CallerContext(entries, intent.Caller));
        if (number < 0)
            return Refuse(intent.Request, "too many connections of callers are open", DropReason.FlowTableFull);
        var announce = new AnnounceIntent(new Intent(
            intent.SourcePort, segment.Value, intent.Port.Ports.First, number, Environment.TickCount64 + ControlProtocol.IntentLifetimeMs));
        _loop.Post(announce);
        if (await announce.Done.ConfigureAwait(false))
            return Accept(intent.Request);
        _callers.Release(number);
        return Refuse(intent.Request, $"more than {IntentTable.MaxIntents} announced connections wait", DropReason.FlowTableFull);
    }

    private bool TryResolve(OpenIntent intent, out Ipv4Address segment, out int[] entries, out DropReason reason, out string why)
    {
        segment = default;
        entries = [];
        reason = DropReason.UnknownDevice;
        why = $"no device has the id {intent.Device}";
        var image = _policies.Current;
        var device = _slots.TryFind(EntityKind.Device, intent.Device, out var slot) ? image.DeviceOfSlot(slot) : -1;
        if (device < 0)
            return false;
        segment = new Ipv4Address(image.Devices[device].SegmentAddress);
        entries = [.. intent.Entries.Select(SlotOfEntry).Where(s => s >= CallerContext.GatewaySlot)];
        var conduits = default(ConduitList);
        var count = 0;
        foreach (var entry in entries)
        {
            var kind = entry == CallerContext.GatewaySlot ? EntityKind.Gateway : EntityKind.Caller;
            var index = kind == EntityKind.Gateway ? 0 : image.CallerOfSlot(entry);
            if (index >= 0)
                FlowFilter.Match(image, new FlowFacts(kind, index, segment.Value, (byte)intent.Port.Transport, intent.Port.Ports.First), ref conduits, ref count);
        }
        reason = DropReason.NoGrant;
        why = $"no grant lets {intent.Caller} reach {image.Policy.Devices[device].Name} at {intent.Port}";
        return count > 0;
    }

    private int SlotOfEntry(string entry) => entry == ControlProtocol.GatewayEntry
        ? CallerContext.GatewaySlot
        : _slots.TryFind(EntityKind.Caller, entry, out var slot) ? slot : int.MinValue;

    private static Reply Accept(uint request) => new(request, true, DropReason.NoGrant, "");

    private static Reply Refuse(uint request, string message, DropReason reason = DropReason.NoGrant) => new(request, false, reason, message);
}
