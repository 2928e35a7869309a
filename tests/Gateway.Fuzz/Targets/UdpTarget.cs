using Gateway.Core.Net;
using Gateway.Dataplane.Wire;

namespace Gateway.Fuzz.Targets;

internal static class UdpTarget
{
    private static readonly Ipv4Address Source = Ipv4Address.Parse("192.168.10.21");
    private static readonly Ipv4Address Destination = Ipv4Address.Parse("192.168.10.1");

    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        var read = UdpView.TryParse(data, out var udp, out var error);
        Promise.Keep(read == (error == UdpError.None), "an error or a datagram, never both");
        if (!read)
            return;
        Promise.Keep(
            udp.SurplusBytes >= 0 && udp.LengthBytes + udp.SurplusBytes == data.Length
            && udp.Payload.Length == udp.LengthBytes - UdpView.HeaderBytes,
            "the parts make up the bytes");
        Promise.Keep(udp.HasChecksum || udp.ChecksumIsValid(Source, Destination), "no checksum is no wrong one");
        Span<byte> datagram = stackalloc byte[udp.LengthBytes];
        udp.Payload.CopyTo(datagram[UdpView.HeaderBytes..]);
        UdpView.Emit(datagram, Source, Destination, udp.SourcePort, udp.DestinationPort);
        Promise.Keep(UdpView.TryParse(datagram, out var again, out _), "what was written can be read");
        Promise.Keep(
            again.HasChecksum && again.ChecksumIsValid(Source, Destination) && again.SourcePort == udp.SourcePort
            && again.DestinationPort == udp.DestinationPort && again.Payload.SequenceEqual(udp.Payload) && again.SurplusBytes == 0,
            "what was read writes back equal");
    }
}
