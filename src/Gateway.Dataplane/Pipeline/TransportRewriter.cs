using System.Buffers.Binary;
using Gateway.Core.Net;
using Gateway.Dataplane.Wire;

namespace Gateway.Dataplane.Pipeline;

internal readonly record struct AddressPair(uint Source, uint Destination);

/// <summary>Changes ports of a TCP segment or UDP datagram and adjusts its checksum to new ports and addresses (RFC 1624), so that a
/// checksum which covers the data end to end is not made anew in between. An urgent pointer without its flag means nothing
/// (RFC 9293, section 3.1) and is cleared: old stacks leave garbage there, and it could carry some.</summary>
internal static class TransportRewriter
{
    private const int SourcePortOffset = 0;
    private const int DestinationPortOffset = 2;
    private const int TcpFlagsOffset = 13;
    private const int TcpChecksumOffset = 16;
    private const int TcpUrgentOffset = 18;
    private const int UdpChecksumOffset = 6;

    public static void Rewrite(
        Span<byte> transport, byte protocol, AddressPair before, AddressPair after, ushort sourcePort, ushort destinationPort)
    {
        var checksumOffset = protocol == IpProtocol.Tcp ? TcpChecksumOffset : UdpChecksumOffset;
        var checksum = BinaryPrimitives.ReadUInt16BigEndian(transport[checksumOffset..]);
        var portsBefore = BinaryPrimitives.ReadUInt32BigEndian(transport[SourcePortOffset..]);
        BinaryPrimitives.WriteUInt16BigEndian(transport[SourcePortOffset..], sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(transport[DestinationPortOffset..], destinationPort);
        // UDP over IPv4 without a checksum stays without one.
        if (protocol == IpProtocol.Udp && checksum == 0)
            return;
        checksum = InternetChecksum.Update(checksum, before.Source, after.Source);
        checksum = InternetChecksum.Update(checksum, before.Destination, after.Destination);
        checksum = InternetChecksum.Update(checksum, portsBefore, BinaryPrimitives.ReadUInt32BigEndian(transport[SourcePortOffset..]));
        if (protocol == IpProtocol.Tcp)
        {
            checksum = InternetChecksum.Update(checksum, BinaryPrimitives.ReadUInt16BigEndian(transport[TcpUrgentOffset..]), (ushort)0);
            transport.Slice(TcpUrgentOffset, sizeof(ushort)).Clear();
        }
        else if (checksum == 0)
        {
            checksum = UdpView.ZeroChecksum;
        }
        BinaryPrimitives.WriteUInt16BigEndian(transport[checksumOffset..], checksum);
    }

    /// <summary>Makes a TCP header whose data were cut off a plain acknowledgement with a checksum of its own.</summary>
    public static void Empty(Span<byte> header, AddressPair after, ushort sourcePort, ushort destinationPort)
    {
        BinaryPrimitives.WriteUInt16BigEndian(header[SourcePortOffset..], sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(header[DestinationPortOffset..], destinationPort);
        header[TcpFlagsOffset] &= (byte)~(TcpFlags.Psh | TcpFlags.Fin);
        header.Slice(TcpChecksumOffset, 2 * sizeof(ushort)).Clear();
        var seed = InternetChecksum.PseudoHeader(
            new Ipv4Address(after.Source), new Ipv4Address(after.Destination), IpProtocol.Tcp, header.Length);
        BinaryPrimitives.WriteUInt16BigEndian(header[TcpChecksumOffset..], InternetChecksum.Of(header, seed));
    }
}
