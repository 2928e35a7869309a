using System.Globalization;
using Gateway.Core.Api;
using Gateway.Core.Control;
using Gateway.Core.Devices;
using Gateway.Core.Net;
using Gateway.Core.Operations;
using Gateway.Core.Policy;
using Gateway.Service.State;

namespace Gateway.Service.Records;

/// <summary>Writes lines of the log for flows and operations. What is the same as shortly before is collected and told with its count.
/// A write that was let through is always told: who wrote what and when must not be lost in a sum.</summary>
internal sealed class TrafficLog : BackgroundService
{
    private static readonly TimeSpan TellInterval = TimeSpan.FromSeconds(1);

    private readonly StateStore _state;
    private readonly RecordLog _log;
    private readonly TimeProvider _time;
    private readonly Repeats<FlowKey, FlowRecord> _flows;
    private readonly Repeats<OperationKey, RefusedOperation> _refused;

    public TrafficLog(StateStore state, RecordLog log, TimeProvider time)
    {
        _state = state;
        _log = log;
        _time = time;
        _flows = new Repeats<FlowKey, FlowRecord>(time, Add, Tell);
        _refused = new Repeats<OperationKey, RefusedOperation>(time, (sum, next) => next with { Times = sum.Times + next.Times }, r => Tell(r.Record, r.Times));
    }

    public void Take(FlowRecord flow) => _flows.Take(new FlowKey(
        flow.Event, flow.Reason, flow.Link, flow.From, flow.To, flow.Grant, flow.Protocol, flow.Source, flow.Destination, flow.DestinationPort), flow);

    public void Take(OperationRecord record)
    {
        var asked = record.Operation;
        if (record.Allowed)
            Tell(record, times: 1);
        else
            _refused.Take(new OperationKey(record.Device, record.Caller, record.Miss, asked.Unit, asked.Function, asked.SubFunction, asked.Reads, asked.Writes), new RefusedOperation(record, 1));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TellInterval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                _flows.TellDue();
                _refused.TellDue();
            }
        }
        finally
        {
            _flows.TellAll();
            _refused.TellAll();
        }
    }

    private static FlowRecord Add(FlowRecord sum, FlowRecord next) =>
        next with { Count = sum.Count + next.Count, Packets = sum.Packets + next.Packets, Bytes = sum.Bytes + next.Bytes };

    private void Tell(FlowRecord flow)
    {
        var device = DeviceOf(flow);
        var values = Values(
            ("from", NameOf(flow.From)), ("fromId", IdOf(flow.From)), ("to", NameOf(flow.To)), ("toId", IdOf(flow.To)), ("link", flow.Link),
            ("source", flow.Source.ToString()), ("destination", flow.Destination.ToString()), ("port", PortText(flow)), ("grant", flow.Grant),
            ("count", Text(flow.Count)), ("packets", TextUnlessZero(flow.Packets)), ("bytes", TextUnlessZero(flow.Bytes)),
            ("reason", flow.Event == FlowEvent.Refused ? flow.Reason.ToString() : ""));
        var (kind, severity) = flow.Event switch
        {
            FlowEvent.Opened => (LogKinds.FlowOpened, LogSeverities.Info),
            FlowEvent.Closed => (LogKinds.FlowClosed, LogSeverities.Info),
            _ => (LogKinds.FlowRefused, LogSeverities.Notice),
        };
        var actor = flow.From.Length > 0 ? NameOf(flow.From) : flow.Source.ToString();
        _log.Add(kind, severity, actor, device?.Id, device?.Name ?? "", values, flow.At);
    }

    private void Tell(OperationRecord record, ulong times)
    {
        var operation = record.Operation;
        var run = operation.Writes.IsEmpty ? operation.Reads : operation.Writes;
        _state.Current.Devices.TryGetValue(record.Device, out var device);
        var values = Values(
            ("caller", NameOf(record.Caller)), ("operation", OperationWords.Name(operation)), ("protocol", operation.Protocol.ToString().ToLowerInvariant()),
            ("function", Text(operation.Function)), ("subFunction", TextUnlessZero(operation.SubFunction)), ("unit", Text(operation.Unit)),
            ("address", run.IsEmpty ? "" : Text((ulong)run.First)), ("count", TextUnlessZero((ulong)run.Count)),
            ("value", operation.Writes.IsEmpty ? "" : Text(operation.FirstValue)), ("times", record.Allowed ? "" : Text(times)),
            ("grant", record.Grant), ("reason", record.Allowed ? "" : OperationWords.Reason(record.Miss)));
        _log.Add(
            record.Allowed ? LogKinds.OperationWritten : LogKinds.OperationRefused, record.Allowed ? LogSeverities.Info : LogSeverities.Notice,
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

    private string IdOf(string idOrName) => _state.Current.Devices.ContainsKey(idOrName) ? idOrName : "";

    private static string PortText(FlowRecord flow) => flow.Protocol switch
    {
        6 => $"tcp/{Text(flow.DestinationPort)}",
        17 => $"udp/{Text(flow.DestinationPort)}",
        _ => $"ip/{Text(flow.Protocol)}",
    };

    private static Dictionary<string, string> Values(params (string Name, string Value)[] values) =>
        values.Where(v => v.Value.Length > 0).ToDictionary(v => v.Name, v => v.Value);

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);

    private static string TextUnlessZero(ulong number) => number == 0 ? "" : Text(number);

    /// <summary>Flows that are the same to whoever reads the log: all but the source port and the time.</summary>
    private readonly record struct FlowKey(
        FlowEvent Event, DropReason Reason, string Link, string From, string To, string Grant, byte Protocol, Ipv4Address Source,
        Ipv4Address Destination, ushort Port);

    /// <summary>Refused operations that are the same but for the value.</summary>
    private readonly record struct OperationKey(
        string Device, string Caller, RuleMiss Miss, byte Unit, byte Function, ushort SubFunction, AddressRun Reads, AddressRun Writes);

    private sealed record RefusedOperation(OperationRecord Record, ulong Times);
}
