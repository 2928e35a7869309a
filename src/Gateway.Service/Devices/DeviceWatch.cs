using System.Collections.Concurrent;
using System.Globalization;
using System.Threading.Channels;
using Gateway.Core.Control;
using Gateway.Core.Devices;
using Gateway.Core.Operations;
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
    private readonly RecordLog _log;
    private readonly ViewStore _view;
    private readonly DataplaneClient _dataplane;
    private readonly ConcurrentDictionary<string, bool> _links = new();
    private readonly ConcurrentDictionary<string, BindingState> _bindings = new();
    private readonly Channel<ControlMessage> _heard = Channel.CreateBounded<ControlMessage>(
        new BoundedChannelOptions(8_192) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    // What the dataplane told while we were away is not told again: its first status says where things stand.
    private volatile bool _isBehind;

    public DeviceWatch(StateStore state, RecordLog log, ViewStore view, DataplaneClient dataplane)
    {
        _state = state;
        _log = log;
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
                    SetBinding(device.Id, device.Binding);
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
                TakeOperation(operation);
                break;
            case Suppressed suppressed:
                _log.Add(LogKinds.RecordsSuppressed, LogKinds.Notice, LogKinds.Gateway,
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
                Tell(LogKinds.SecondAddress, LogKinds.Alarm, device, binding.At, ("mac", binding.SeenMac.ToString()));
                break;
            case BindingState.Verified when device.State == DeviceState.Protected:
                Tell(LogKinds.DeviceOnline, LogKinds.Info, device, binding.At);
                break;
            case BindingState.Unverified when device.State == DeviceState.Protected:
                Tell(LogKinds.DeviceOffline, LogKinds.Notice, device, binding.At);
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
            ? new DeviceBindingBroke(binding.At, LogKinds.Gateway, binding.Device, new BindingBreak(binding.SeenMac, binding.SeenAddress, binding.At))
            : null);

    private void TakeFlow(FlowRecord flow)
    {
        var device = DeviceOf(flow);
        var values = Values(
            ("from", NameOf(flow.From)), ("to", NameOf(flow.To)), ("link", flow.Link), ("source", flow.Source.ToString()),
            ("destination", flow.Destination.ToString()), ("port", PortText(flow)), ("grant", flow.Grant), ("count", Text(flow.Count)),
            ("packets", Text(flow.Packets)), ("bytes", Text(flow.Bytes)), ("reason", flow.Event == FlowEvent.Refused ? flow.Reason.ToString() : ""));
        var (kind, severity) = flow.Event switch
        {
            FlowEvent.Opened => (LogKinds.FlowOpened, LogKinds.Info),
            FlowEvent.Closed => (LogKinds.FlowClosed, LogKinds.Info),
            _ => (LogKinds.FlowRefused, LogKinds.Notice),
        };
        _log.Add(kind, severity, ActorOf(flow.From, flow.Source.ToString()), device?.Id, device?.Name ?? "", values, flow.At);
        if (flow.Event == FlowEvent.Opened)
            _view.TryPost(batch => batch.Count(GrantUse, flow.Grant, flow.At));
    }

    private void TakeOperation(OperationRecord record)
    {
        var operation = record.Operation;
        var run = operation.Writes.IsEmpty ? operation.Reads : operation.Writes;
        _state.Current.Devices.TryGetValue(record.Device, out var device);
        var values = Values(
            ("caller", NameOf(record.Caller)), ("operation", OperationText.Describe(operation)), ("protocol", Lower(operation.Protocol)),
            ("function", Text(operation.Function)), ("unit", Text(operation.Unit)), ("address", Text((ulong)run.First)),
            ("count", Text((ulong)run.Count)), ("value", operation.Writes.IsEmpty ? "" : Text(operation.FirstValue)),
            ("grant", record.Grant), ("reason", record.Allowed ? "" : Lower(record.Miss)));
        _log.Add(
            record.Allowed ? LogKinds.OperationWritten : LogKinds.OperationRefused, record.Allowed ? LogKinds.Info : LogKinds.Notice,
            NameOf(record.Caller), record.Device, device?.Name ?? "", values, record.At);
    }

    /// <summary>The device a flow concerns: its target, else its source, else the one whose link it came in on.</summary>
    private Device? DeviceOf(FlowRecord flow)
    {
        var devices = _state.Current.Devices;
        if (devices.TryGetValue(flow.To, out var device) || devices.TryGetValue(flow.From, out device))
            return device;
        return _state.Current.Present.FirstOrDefault(d => d.Link == flow.Link);
    }

    /// <summary>A device's name where the text is its id; else the text, which is a caller, a peer or a service.</summary>
    private string NameOf(string idOrName) =>
        _state.Current.Devices.TryGetValue(idOrName, out var device) ? device.Name.Length > 0 ? device.Name : device.Id : idOrName;

    private string ActorOf(string from, string source) => from.Length > 0 ? NameOf(from) : source;

    private void Tell(string kind, string severity, Device device, DateTimeOffset at, params (string, string)[] values) =>
        _log.Add(kind, severity, LogKinds.Gateway, device.Id, device.Name, Values(values), at);

    private static string PortText(FlowRecord flow) => flow.Protocol switch
    {
        6 => $"tcp/{Text(flow.DestinationPort)}",
        17 => $"udp/{Text(flow.DestinationPort)}",
        _ => $"ip/{Text(flow.Protocol)}",
    };

    private static Dictionary<string, string> Values(params (string Name, string Value)[] values) =>
        values.Where(v => v.Value.Length > 0).ToDictionary(v => v.Name, v => v.Value);

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Lower<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
