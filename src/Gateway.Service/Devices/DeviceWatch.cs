using System.Collections.Concurrent;
using System.Globalization;
using System.Threading.Channels;
using Gateway.Core.Api;
using Gateway.Core.Control;
using Gateway.Core.Devices;
using Gateway.Core.State;
using Gateway.Core.Store.Views;
using Gateway.Service.Dataplane;
using Gateway.Service.Records;
using Gateway.Service.State;

namespace Gateway.Service.Devices;

/// <summary>Takes what the dataplane tells of links, bindings, flows and operations: into the state where it decides something, into the
/// log where people want to read it.</summary>
internal sealed class DeviceWatch : BackgroundService
{
    public static readonly CounterSet GrantUse = new("grantuse");

    private readonly StateStore _state;
    private readonly SiteContext _site;
    private readonly RecordLog _log;
    private readonly TrafficLog _traffic;
    private readonly ViewStore _view;
    private readonly DataplaneClient _dataplane;
    private readonly ConcurrentDictionary<string, bool> _links = new();
    private readonly ConcurrentDictionary<string, BindingState> _bindings = new();
    private readonly ConcurrentDictionary<string, IsolationVerdict> _isolation = new();
    private readonly Channel<ControlMessage> _heard = Channel.CreateBounded<ControlMessage>(
        new BoundedChannelOptions(8_192) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private static readonly IsolationVerdict Untested = new(IsolationGrade.Unknown, [Isolation.NotTested]);

    // What the dataplane told while we were away is not told again: its first status says where things stand.
    private volatile bool _isBehind;

    public DeviceWatch(StateStore state, SiteContext site, RecordLog log, TrafficLog traffic, ViewStore view, DataplaneClient dataplane)
    {
        _state = state;
        _site = site;
        _log = log;
        _traffic = traffic;
        _view = view;
        _dataplane = dataplane;
        dataplane.Heard += message => _heard.Writer.TryWrite(message);
        dataplane.Connected += _ =>
        {
            _isBehind = true;
            return Task.CompletedTask;
        };
    }

    /// <summary>Raised when a link or a binding has changed.</summary>
    public event Action? Changed;

    /// <summary>Whether what the dataplane tells gets taken.</summary>
    public Hosting.Pulse Pulse { get; } = new(TimeProvider.System);

    public bool IsUp(string link) => _links.GetValueOrDefault(link);

    public BindingState BindingOf(string deviceId) => _bindings.GetValueOrDefault(deviceId);

    /// <summary>How isolated the device was at its last tests; unknown while the dataplane is away.</summary>
    public IsolationVerdict IsolationOf(Device device) => _dataplane.IsConnected && device.State == DeviceState.Protected
        ? _isolation.GetValueOrDefault(device.Id, Untested)
        : Untested;

    /// <summary>Whether the device's link has carrier and, once approved, the bound device answered on it.</summary>
    public bool IsOnline(Device device) =>
        IsUp(device.Link) && _dataplane.IsConnected && (device.State != DeviceState.Protected || BindingOf(device.Id) == BindingState.Verified);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var message in _heard.Reader.ReadAllAsync(stoppingToken).ConfigureAwait(false))
        {
            using var busy = Pulse.Enter();
            try
            {
                await TakeAsync(message).ConfigureAwait(false);
            }
            catch (Exception e) when (e is RefusedException or Core.Store.JournalException)
            {
                // The state does not take it, for example because the device was cut off meanwhile; the dataplane blocks by itself.
            }
        }
    }

    private async Task TakeAsync(ControlMessage message)
    {
        switch (message)
        {
            case LinkChanged link:
                SetLink(link.Link, link.Up);
                break;
            case StatusMessage status:
                foreach (var link in status.Links)
                    SetLink(link.Name, link.Up);
                foreach (var device in status.Devices)
                {
                    SetBinding(device.Id, device.Binding);
                    Grade(device, status.At);
                }
                if (_isBehind)
                    await CatchUpAsync(status).ConfigureAwait(false);
                break;
            case BindingChanged binding:
                await TakeBindingAsync(binding).ConfigureAwait(false);
                break;
            case FlowRecord flow:
                TakeFlow(flow);
                break;
            case OperationRecord operation:
                _traffic.Take(operation);
                break;
            case Suppressed suppressed:
                _log.Add(LogKinds.RecordsSuppressed, LogSeverities.Notice, LogActors.Gateway,
                    values: Values(("count", Text(suppressed.Records)), ("observations", Text(suppressed.Observations))));
                break;
        }
    }

    private void SetLink(string link, bool up)
    {
        if (_links.TryGetValue(link, out var before) && before == up)
            return;
        _links[link] = up;
        Changed?.Invoke();
    }

    private void SetBinding(string deviceId, BindingState state)
    {
        if (_bindings.TryGetValue(deviceId, out var before) && before == state)
            return;
        _bindings[deviceId] = state;
        Changed?.Invoke();
    }

    /// <summary>Judges a device's isolation anew. A change is told; that it is as it should be is told only after it was not.</summary>
    private void Grade(DeviceStatus status, DateTimeOffset at)
    {
        if (!_state.Current.Devices.TryGetValue(status.Id, out var device) || device.State != DeviceState.Protected)
            return;
        var verdict = Isolation.Judge(status.Isolation, _site.VlanOf(device.Link), status.Binding == BindingState.Verified);
        var before = _isolation.GetValueOrDefault(status.Id, Untested);
        if (verdict == before)
            return;
        _isolation[status.Id] = verdict;
        var isPoor = verdict.Grade is IsolationGrade.C or IsolationGrade.D;
        if (isPoor || before.Grade is IsolationGrade.C or IsolationGrade.D)
            Tell(LogKinds.IsolationGrade, isPoor ? LogSeverities.Alarm : LogSeverities.Notice, device, at,
                ("grade", verdict.Grade.ToString()), ("reason", string.Join(", ", verdict.Reasons)));
        Changed?.Invoke();
    }

    private async Task TakeBindingAsync(BindingChanged binding)
    {
        SetBinding(binding.Device, binding.State);
        if (!_state.Current.Devices.TryGetValue(binding.Device, out var device))
            return;
        switch (binding.State)
        {
            case BindingState.ForeignMac or BindingState.AddressChanged:
                await BreakAsync(binding).ConfigureAwait(false);
                break;
            case BindingState.Verified when !binding.SeenMac.IsZero:
                Tell(LogKinds.SecondAddress, LogSeverities.Alarm, device, binding.At, ("mac", binding.SeenMac.ToString()));
                break;
            case BindingState.Verified when device.State == DeviceState.Protected:
                Tell(LogKinds.DeviceOnline, LogSeverities.Info, device, binding.At);
                break;
            case BindingState.Unverified when device.State == DeviceState.Protected:
                Tell(LogKinds.DeviceOffline, LogSeverities.Notice, device, binding.At);
                break;
        }
    }

    private async Task CatchUpAsync(StatusMessage status)
    {
        _isBehind = false;
        foreach (var device in status.Devices.Where(d => d.Binding is BindingState.ForeignMac or BindingState.AddressChanged))
            await BreakAsync(new BindingChanged(status.At, device.Id, device.Binding, default, default)).ConfigureAwait(false);
    }

    private Task<GatewayState> BreakAsync(BindingChanged binding) =>
        _state.ApplyAsync(state => state.Devices.GetValueOrDefault(binding.Device)?.State == DeviceState.Protected
            ? new DeviceBindingBroke(binding.At, LogActors.Gateway, binding.Device, new BindingBreak(binding.SeenMac, binding.SeenAddress, binding.At))
            : null);

    private void TakeFlow(FlowRecord flow)
    {
        _traffic.Take(flow);
        if (flow.Event == FlowEvent.Opened)
            _view.TryPost(batch => batch.Count(GrantUse, flow.Grant, flow.At));
    }

    private void Tell(string kind, string severity, Device device, DateTimeOffset at, params (string, string)[] values) =>
        _log.Add(kind, severity, LogActors.Gateway, device.Id, device.Name, Values(values), at);

    private static Dictionary<string, string> Values(params (string Name, string Value)[] values) =>
        values.Where(v => v.Value.Length > 0).ToDictionary(v => v.Name, v => v.Value);

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
