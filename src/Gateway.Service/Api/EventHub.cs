using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using Gateway.Core.Api;
using Gateway.Service.Dataplane;
using Gateway.Service.Devices;
using Gateway.Service.Fabrics;
using Gateway.Service.Records;
using Gateway.Service.State;
using Gateway.Service.Views;

namespace Gateway.Service.Api;

/// <summary>One event of the stream.</summary>
/// <param name="Topic"><c>log</c>, <c>box</c> or <c>devices</c>.</param>
/// <param name="Type">Event name.</param>
/// <param name="Id">Sequence for log lines; null for states, which need no replay.</param>
/// <param name="Json">Data.</param>
internal sealed record ServerEvent(string Topic, string Type, long? Id, string Json);

/// <summary>Tells subscribers what changes. Each has a bounded queue; who is too slow loses the oldest and can read the state anew. States
/// are told at most once a second.</summary>
internal sealed class EventHub : BackgroundService
{
    private const int QueueLength = 512;
    private const int RingLength = 1_024;

    private static readonly TimeSpan Throttle = TimeSpan.FromSeconds(1);

    private readonly StateStore _state;
    private readonly BoxViews _boxes;
    private readonly DeviceViews _devices;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<Channel<ServerEvent>, bool> _subscribers = new();
    private readonly Queue<ServerEvent> _ring = new();
    private readonly ConcurrentDictionary<string, bool> _dirtyDevices = new();
    private volatile bool _dirtyBox = true;

    public EventHub(
        StateStore state, BoxViews boxes, DeviceViews devices, RecordLog log, DeviceWatch watch, DeviceDiscovery discovery, ConnectionSet connections,
        FabricSet fabrics, DataplaneClient dataplane, TimeProvider time)
    {
        _state = state;
        _boxes = boxes;
        _devices = devices;
        _time = time;
        log.Added += Tell;
        state.Applied += (_, _) => TouchAll();
        watch.Changed += TouchAll;
        discovery.EvidenceChanged += Touch;
        connections.Changed += Touch;
        fabrics.Changed += () => _dirtyBox = true;
        dataplane.Lost += TouchAll;
    }

    /// <summary>Opens a queue of events from now on, log lines after <paramref name="after"/> first as far as they are remembered.</summary>
    public ChannelReader<ServerEvent> Subscribe(long? after, CancellationToken cancel)
    {
        var queue = Channel.CreateBounded<ServerEvent>(new BoundedChannelOptions(QueueLength) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        lock (_ring)
        {
            foreach (var missed in _ring.Where(e => after is { } id && e.Id > id))
                queue.Writer.TryWrite(missed);
            _subscribers[queue] = true;
        }
        queue.Writer.TryWrite(BoxEvent());
        cancel.UnsafeRegister(_ =>
        {
            _subscribers.TryRemove(queue, out var _);
            queue.Writer.TryComplete();
        }, null);
        return queue.Reader;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Throttle, _time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            if (_subscribers.IsEmpty)
                continue;
            foreach (var id in _dirtyDevices.Keys)
            {
                _dirtyDevices.TryRemove(id, out _);
                if (_state.Current.Devices.TryGetValue(id, out var device))
                    Send(new ServerEvent("devices", "device", null, JsonSerializer.Serialize(_devices.Row(device), ApiJson.Default.DeviceView)));
            }
            if (!_dirtyBox)
                continue;
            _dirtyBox = false;
            Send(BoxEvent());
        }
    }

    private ServerEvent BoxEvent() => new("box", "box", null, JsonSerializer.Serialize(_boxes.Box(), ApiJson.Default.BoxView));

    private void Tell(LogEntryView line)
    {
        var told = new ServerEvent("log", line.Kind, line.Sequence, JsonSerializer.Serialize(line, ApiJson.Default.LogEntryView));
        lock (_ring)
        {
            _ring.Enqueue(told);
            if (_ring.Count > RingLength)
                _ring.Dequeue();
            Send(told);
        }
    }

    private void Touch(string deviceId)
    {
        _dirtyDevices[deviceId] = true;
        _dirtyBox = true;
    }

    private void TouchAll()
    {
        foreach (var device in _state.Current.Devices.Keys)
            _dirtyDevices[device] = true;
        _dirtyBox = true;
    }

    private void Send(ServerEvent told)
    {
        foreach (var queue in _subscribers.Keys)
            queue.Writer.TryWrite(told);
    }
}
