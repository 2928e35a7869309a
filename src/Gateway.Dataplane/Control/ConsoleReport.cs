using System.Globalization;
using Gateway.Core.Control;

namespace Gateway.Dataplane.Control;

/// <summary>Prints what happens, a line each, for whoever runs the dataplane by hand. The reporter has bounded the rate already.</summary>
internal sealed class ConsoleReport(TextWriter output, bool quiet)
{
    private readonly Lock _lock = new();

    public void Tell(ControlMessage message)
    {
        if (quiet || Line(message) is not { } line)
            return;
        lock (_lock)
            output.WriteLine(line);
    }

    private static string? Line(ControlMessage message) => message switch
    {
        LinkChanged link => Write(link.At, $"link {link.Link} {(link.Up ? "up" : "down")}"),
        BindingChanged binding => Write(binding.At, $"device {binding.Device} {Binding(binding)}"),
        FlowRecord flow => Write(flow.At, Flow(flow)),
        OperationRecord operation => Write(operation.At, Operation(operation)),
        ObservationMessage { Observation: var seen } => Write(seen.At, $"link {seen.Link} {seen.Mac} {seen.Source} {seen.Attribute} {seen.Value}".TrimEnd()),
        Suppressed suppressed => Write(suppressed.At, $"{suppressed.Records} records and {suppressed.Observations} observations more"),
        _ => null,
    };

    private static string Binding(BindingChanged binding) => binding.State switch
    {
        BindingState.ForeignMac => $"blocked: {binding.SeenMac} speaks in its place",
        BindingState.AddressChanged => $"blocked: it speaks from {binding.SeenAddress}",
        BindingState.Verified when !binding.SeenMac.IsZero => $"is there, and {binding.SeenMac} beside it",
        BindingState.Verified => "is there",
        _ => "is away",
    };

    private static string Flow(FlowRecord flow)
    {
        var ends = string.Create(CultureInfo.InvariantCulture, $"{flow.Source}:{flow.SourcePort} -> {flow.Destination}:{flow.DestinationPort} ip {flow.Protocol}");
        var who = flow.From.Length > 0 ? $"{flow.From} on {flow.Link}" : flow.Link;
        return flow.Event switch
        {
            FlowEvent.Opened => $"opened {who} {ends} by {flow.Grant}",
            FlowEvent.Closed => string.Create(CultureInfo.InvariantCulture, $"closed {who} {ends} {flow.Packets} packets {flow.Bytes} bytes"),
            _ => string.Create(CultureInfo.InvariantCulture, $"refused {who} {ends} {flow.Reason} x{flow.Count}"),
        };
    }

    private static string Operation(OperationRecord record)
    {
        var o = record.Operation;
        var addresses = !o.Writes.IsEmpty ? string.Create(CultureInfo.InvariantCulture, $" write {o.Writes.First}+{o.Writes.Count} value {o.FirstValue}")
            : !o.Reads.IsEmpty ? string.Create(CultureInfo.InvariantCulture, $" read {o.Reads.First}+{o.Reads.Count}") : "";
        var verdict = record.Allowed ? $"by {record.Grant}" : $"refused ({record.Miss})";
        return string.Create(CultureInfo.InvariantCulture, $"{record.Caller} -> {record.Device} {o.Protocol} function {o.Function} unit {o.Unit}{addresses} {verdict}");
    }

    private static string Write(DateTimeOffset at, string text) => string.Create(CultureInfo.InvariantCulture, $"{at:HH:mm:ss.fff} {text}");
}
