using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Gateway.Core.Net;
using Gateway.Dataplane.Interop;
using Gateway.Dataplane.Wire;

namespace Gateway.Dataplane.FastPath;

/// <summary>Writes what a direction means as the programs read it.</summary>
internal static class DirectionBuilder
{
    private const int TcpChecksum = EthernetView.HeaderBytes + Ipv4View.HeaderBytes + 16;
    private const int UdpChecksum = EthernetView.HeaderBytes + Ipv4View.HeaderBytes + 6;

    /// <summary>Key under which packets of the direction are found.</summary>
    public static DirectionKey KeyOf(in OffloadedDirection direction) => new(
        OnWire(direction.In.Source), OnWire(direction.In.Destination), OnWire(direction.In.SourcePort, direction.In.DestinationPort),
        direction.Protocol, (byte)direction.In.Slot, direction.In.Vlan);

    /// <summary>Fills a state, still disabled, its counters zero.</summary>
    public static void Write(in OffloadedDirection direction, uint generation, ref DirectionState state)
    {
        var come = direction.In;
        var leave = direction.Out;
        var (end, acked, window, finished) = (state.End, state.Acked, state.Window, state.Finished);
        state = default;
        (state.End, state.Acked, state.Window, state.Finished) = (end, acked, window, finished);
        Span<byte> expected = stackalloc byte[2 + EthernetView.HeaderBytes];
        expected[..2].Clear();
        EthernetView.Emit(expected[2..], MacAddress.FromValue(come.DestinationMac), MacAddress.FromValue(come.SourceMac), Ethertype.Ipv4);
        state.ExpectedLow = BinaryPrimitives.ReadUInt64LittleEndian(expected);
        state.ExpectedHigh = BinaryPrimitives.ReadUInt64LittleEndian(expected[8..]);
        state.Source = OnWire(come.Source);
        state.Destination = OnWire(come.Destination);
        state.Ports = OnWire(come.SourcePort, come.DestinationPort);
        state.HeaderSum = WriteTemplate(direction.Protocol, leave, state.Template);
        state.OutInterface = (uint)leave.Interface;
        state.PushTag = leave.Vlan;
        state.Generation = generation;
        var keepNone = direction.Protocol == IpProtocol.Udp ? Bpf.KeepNoChecksum : 0;
        state.ChecksumOffset = direction.Protocol == IpProtocol.Tcp ? TcpChecksum : (uint)UdpChecksum;
        state.AddressFlags = Bpf.PseudoHeader | keepNone;
        state.PortFlags = keepNone;
        state.AddressDelta = Sum(Delta(state.Source, OnWire(leave.Source)), Delta(state.Destination, OnWire(leave.Destination)));
        state.PortDelta = Delta(state.Ports, OnWire(leave.SourcePort, leave.DestinationPort));
    }

    /// <summary>Writes the headers of leaving frames, as the loop's emitter does: made new, nothing taken over.</summary>
    /// <returns>Sum of the IPv4 header without its length and checksum.</returns>
    private static uint WriteTemplate(byte protocol, in OffloadedEnd leave, Span<byte> template)
    {
        EthernetView.Emit(template, MacAddress.FromValue(leave.DestinationMac), MacAddress.FromValue(leave.SourceMac), Ethertype.Ipv4);
        var header = template.Slice(EthernetView.HeaderBytes, Ipv4View.HeaderBytes);
        Ipv4View.Emit(header, new Ipv4Header(new Ipv4Address(leave.Source), new Ipv4Address(leave.Destination), protocol, 0));
        header.Slice(2, sizeof(ushort)).Clear();
        header.Slice(10, sizeof(ushort)).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(template[(EthernetView.HeaderBytes + Ipv4View.HeaderBytes)..], leave.SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(template[(EthernetView.HeaderBytes + Ipv4View.HeaderBytes + 2)..], leave.DestinationPort);
        var sum = 0u;
        foreach (var word in MemoryMarshal.Cast<byte, uint>(header))
            sum = Sum(sum, word);
        return sum;
    }

    /// <summary>What changing a word changes in a ones' complement sum; 0 for no change.</summary>
    private static uint Delta(uint before, uint after) => before == after ? 0 : Sum(~before, after);

    private static uint Sum(uint left, uint right)
    {
        var sum = (ulong)left + right;
        return (uint)sum + (uint)(sum >> 32);
    }

    private static uint OnWire(uint value) => BinaryPrimitives.ReverseEndianness(value);

    private static uint OnWire(ushort first, ushort second) => OnWire(((uint)first << 16) | second);
}
