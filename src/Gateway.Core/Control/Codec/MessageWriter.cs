using System.Collections.Immutable;
using Gateway.Core.Net;
using Gateway.Core.Operations;

namespace Gateway.Core.Control.Codec;

/// <summary>Writes the fields of each message in the order of its declaration.</summary>
internal static class MessageWriter
{
    public static void Write(ControlWriter to, ControlMessage message)
    {
        switch (message)
        {
            case Hello m: to.U16(m.Protocol); break;
            case InstallPolicy m: Install(to, m); break;
            case OpenIntent m: Intent(to, m); break;
            case VerifyBinding m: Verify(to, m); break;
            case EndFlows m: End(to, m); break;
            case Welcome m: Welcome(to, m); break;
            case Reply m: Reply(to, m); break;
            case ObservationMessage m: Observation(to, m); break;
            case LinkChanged m: Link(to, m); break;
            case BindingChanged m: Binding(to, m); break;
            case FlowRecord m: Flow(to, m); break;
            case OperationRecord m: Operation(to, m); break;
            case StatusMessage m: Status(to, m); break;
            case Suppressed m: Suppressed(to, m); break;
            default: throw new ArgumentException($"{message.Type} is no message of this protocol", nameof(message));
        }
    }

    private static void Install(ControlWriter to, InstallPolicy m)
    {
        to.U32(m.Request);
        to.U64(m.Version);
        to.Bytes(m.Blob.Span);
    }

    private static void Intent(ControlWriter to, OpenIntent m)
    {
        to.U32(m.Request);
        to.Text(m.Device);
        Port(to, m.Port);
        to.U16(m.SourcePort);
        List(to, m.Entries, static (to, entry) => to.Text(entry));
        to.Text(m.Caller);
    }

    private static void Verify(ControlWriter to, VerifyBinding m)
    {
        to.U32(m.Request);
        to.Text(m.Device);
    }

    private static void End(ControlWriter to, EndFlows m)
    {
        to.U32(m.Request);
        to.Text(m.Device);
        to.OptionalText(m.Caller);
    }

    private static void Welcome(ControlWriter to, Welcome m)
    {
        to.U16(m.Protocol);
        to.U64(m.Boot);
        to.U64(m.PolicyVersion);
        to.Text(m.PolicyHash);
    }

    private static void Reply(ControlWriter to, Reply m)
    {
        to.U32(m.Request);
        to.Bool(m.Accepted);
        to.U8((byte)m.Reason);
        to.Text(m.Message);
    }

    private static void Observation(ControlWriter to, ObservationMessage m)
    {
        Time(to, m.Observation.At);
        to.Text(m.Observation.Link);
        to.U64(m.Observation.Mac.Value);
        to.U8((byte)m.Observation.Source);
        to.U8((byte)m.Observation.Attribute);
        to.Text(m.Observation.Value);
    }

    private static void Link(ControlWriter to, LinkChanged m)
    {
        Time(to, m.At);
        to.Text(m.Link);
        to.Bool(m.Up);
    }

    private static void Binding(ControlWriter to, BindingChanged m)
    {
        Time(to, m.At);
        to.Text(m.Device);
        to.U8((byte)m.State);
        to.U64(m.SeenMac.Value);
        to.U32(m.SeenAddress.Value);
    }

    private static void Flow(ControlWriter to, FlowRecord m)
    {
        Time(to, m.At);
        to.U8((byte)m.Event);
        to.U8((byte)m.Reason);
        to.Text(m.Link);
        to.Text(m.From);
        to.Text(m.To);
        to.Text(m.Grant);
        to.U8(m.Protocol);
        to.U32(m.Source.Value);
        to.U16(m.SourcePort);
        to.U32(m.Destination.Value);
        to.U16(m.DestinationPort);
        to.U64(m.Packets);
        to.U64(m.Bytes);
        to.U32(m.Count);
    }

    private static void Operation(ControlWriter to, OperationRecord m)
    {
        Time(to, m.At);
        to.Text(m.Device);
        to.Text(m.Caller);
        to.Text(m.Grant);
        to.Bool(m.Allowed);
        to.U8((byte)m.Miss);
        to.U8((byte)m.Operation.Protocol);
        to.U8((byte)m.Operation.Kind);
        to.U8(m.Operation.Unit);
        to.U8(m.Operation.Function);
        to.U16(m.Operation.SubFunction);
        Run(to, m.Operation.Reads);
        Run(to, m.Operation.Writes);
        to.U16(m.Operation.FirstValue);
    }

    private static void Status(ControlWriter to, StatusMessage m)
    {
        Time(to, m.At);
        to.U64(m.PolicyVersion);
        List(to, m.Links, LinkStatus);
        List(to, m.Devices, DeviceStatus);
        to.U32(m.OpenFlows);
        to.U64(m.LoopBeats);
        to.U8((byte)m.FastPath);
        to.U32(m.OffloadedFlows);
    }

    private static void LinkStatus(ControlWriter to, LinkStatus link)
    {
        to.Text(link.Name);
        to.Bool(link.Up);
        to.U64(link.FramesIn);
        to.U64(link.FramesOut);
        to.U64(link.RingLosses);
        List(to, link.Drops, static (to, drop) =>
        {
            to.U8((byte)drop.Reason);
            to.U64(drop.Count);
        });
    }

    private static void DeviceStatus(ControlWriter to, DeviceStatus device)
    {
        to.Text(device.Id);
        to.U8((byte)device.Binding);
        to.U32(device.OpenFlows);
        to.U64(device.BytesIn);
        to.U64(device.BytesOut);
        to.U32(device.Isolation.TestedAgo);
        to.U32(device.Isolation.OthersAgo);
        to.U32(device.Isolation.BesideAgo);
        to.U32(device.Isolation.ForOthersAgo);
    }

    private static void Suppressed(ControlWriter to, Suppressed m)
    {
        Time(to, m.At);
        to.U64(m.Records);
        to.U64(m.Observations);
    }

    private static void Time(ControlWriter to, DateTimeOffset at) => to.I64(at.UtcTicks);

    private static void Port(ControlWriter to, ServicePort port)
    {
        to.U8((byte)port.Transport);
        to.U16(port.Ports.First);
        to.U16(port.Ports.Last);
    }

    private static void Run(ControlWriter to, AddressRun run)
    {
        to.I32(run.First);
        to.I32(run.Count);
    }

    private static void List<T>(ControlWriter to, ImmutableArray<T> items, Action<ControlWriter, T> write)
    {
        to.I32(items.Length);
        foreach (var item in items)
            write(to, item);
    }
}
