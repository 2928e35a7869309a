using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using Gateway.Core.Api;
using Gateway.Core.Store.Views;
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

/// <summary>What a subscriber reads.</summary>
/// <param name="Missed">Log lines since the one it saw last, oldest first; complete as far as it says.</param>
/// <param name="Events">What comes from now on.</param>
internal sealed record Subscription(IReadOnlyList<ServerEvent> Missed, ChannelReader<ServerEvent> Events);

/// <summary>Tells subscribers what changes. Each has a bounded queue; who is too slow loses the oldest and can read the state anew. States
/// are told at most once a second.</summary>
internal sealed class EventHub : BackgroundService
{
    private const int QueueLength = 512;

    /// <summary>Log lines told again at most to who was away; more are read from the log itself.</summary>
    private const int RingLength = 1_024;

    /// <summary>Streams at once: every open page is one, and each may hold a full queue of some 100 KiB.</summary>
    public const int MaxSubscribers = 256;

    private static readonly TimeSpan Throttle = TimeSpan.FromSeconds(1);

    private readonly StateStore _state;
    private readonly BoxViews _boxes;
    private readonly DeviceViews _devices;
    private readonly RecordLog _log;
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
        _log = log;
        _time = time;
        log.Added += Tell;
        state.Applied += (_, _) => TouchAll();
        watch.Changed += TouchAll;
        discovery.EvidenceChanged += Touch;
        connections.Changed += Touch;
        fabrics.Changed += () => _dirtyBox = true;
        dataplane.Lost += TouchAll;
    }

    /// <summary>Streams open now.</summary>
    public int Subscribers => _subscribers.Count;

    /// <summary>Opens a queue of events from now on, with the log lines after <paramref name="after"/> that were missed.</summary>
    /// <exception cref="RefusedException">There are too many.</exception>
    public Subscription Subscribe(long? after, CancellationToken cancel)
    {
        var queue = Channel.CreateBounded<ServerEvent>(new BoundedChannelOptions(QueueLength) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        List<ServerEvent> missed;
        lock (_ring)
        {
            if (_subscribers.Count >= MaxSubscribers)
                throw new RefusedException(RefusalKind.Busy, "", "", $"{MaxSubscribers} event streams are open already; close a page, or try again later");
            missed = [.. _ring.Where(e => after is { } id && e.Id > id)];
            _subscribers[queue] = true;
        }
        cancel.UnsafeRegister(_ =>
        {
            _subscribers.TryRemove(queue, out var _);
            queue.Writer.TryComplete();
        }, null);
        if (after is { } last)
            missed.InsertRange(0, Older(last, missed is [{ Id: { } first }, ..] ? first : _log.Journal.Head.Sequence + 1, RingLength - missed.Count));
        queue.Writer.TryWrite(BoxEvent());
        return new Subscription(missed, queue.Reader);
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

    /// <summary>Lines between two others, from before this start or beyond the ring: the newest of them, oldest first.</summary>
    private List<ServerEvent> Older(long after, long before, int most)
    {
        var lines = new List<ServerEvent>();
        try
        {
            long? cursor = before;
            while (cursor is { } next && next > after + 1 && lines.Count < most)
            {
                var page = _log.Query(new LogQuery { Before = next, PageSize = Math.Min(most - lines.Count, LogQuery.MaxPageSize) });
                lines.AddRange(page.Entries.Where(e => e.Sequence > after).Select(Event));
                cursor = page.Next is { } text ? long.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : null;
            }
        }
        catch (ViewUnavailableException)
        {
            // The view is being made again; who wants the lines finds them in the log soon.
        }
        lines.Reverse();
        return lines;
    }

    private static ServerEvent Event(LogEntryView line) => new("log", line.Kind, line.Sequence, JsonSerializer.Serialize(line, ApiJson.Default.LogEntryView));

    private ServerEvent BoxEvent() => new("box", "box", null, JsonSerializer.Serialize(_boxes.Box(), ApiJson.Default.BoxView));

    private void Tell(LogEntryView line)
    {
        var told = Event(line);
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
        // What speaks in the place of another device is told on that one's page.
        if (_state.Current.Devices.TryGetValue(deviceId, out var device))
        {
            foreach (var replaced in _state.Current.Present.Where(d => d.Link == device.Link && d.Break?.Mac == device.Mac))
                _dirtyDevices[replaced.Id] = true;
        }
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
