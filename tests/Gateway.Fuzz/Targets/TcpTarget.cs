using Gateway.Core.Net;
using Gateway.Dataplane.Wire;

namespace Gateway.Fuzz.Targets;

internal static class TcpTarget
{
    private static readonly Ipv4Address Source = Ipv4Address.Parse("192.168.10.21");
    private static readonly Ipv4Address Destination = Ipv4Address.Parse("192.168.10.1");

    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        var read = TcpView.TryParse(data, out var tcp, out var error);
        Promise.Keep(read == (error == TcpError.None), "an error or a segment, never both");
        if (!read)
            return;
        Promise.Keep(
            tcp.HeaderLengthBytes + tcp.Payload.Length == data.Length
            && tcp.Options.Length == tcp.HeaderLengthBytes - TcpView.HeaderBytes && tcp.Options.Length <= 40,
            "the parts make up the segment");
        Promise.Keep(tcp.SequenceLength - (uint)tcp.Payload.Length <= 2, "SYN and FIN count one each");
        TcpOptionsTarget.Fuzz(tcp.Options);
        _ = tcp.ChecksumIsValid(Source, Destination);
        WriteBack(tcp);
    }

    private static void WriteBack(TcpView tcp)
    {
        if (!TcpOptions.TryParse(tcp.Options, out var options, out _))
            Promise.Keep(!options.HasMaxSegment, "refused options say nothing");
        var header = new TcpHeader
        {
            SourcePort = tcp.SourcePort,
            DestinationPort = tcp.DestinationPort,
            Sequence = tcp.Sequence,
            Acknowledgment = tcp.Acknowledgment,
            Flags = tcp.Flags,
            Window = tcp.Window,
            MaxSegmentBytes = options.MaxSegmentBytes,
        };
        Span<byte> segment = stackalloc byte[header.LengthBytes + tcp.Payload.Length];
        tcp.Payload.CopyTo(segment[header.LengthBytes..]);
        TcpView.Emit(segment, Source, Destination, header);
        Promise.Keep(TcpView.TryParse(segment, out var again, out _), "what was written can be read");
        Promise.Keep(again.ChecksumIsValid(Source, Destination), "what was written has a good checksum");
        Promise.Keep(TcpOptions.TryParse(again.Options, out var written, out _), "what was written has good options");
        Promise.Keep(
            again.SourcePort == tcp.SourcePort && again.DestinationPort == tcp.DestinationPort && again.Sequence == tcp.Sequence
            && again.Acknowledgment == tcp.Acknowledgment && again.Flags == tcp.Flags && again.Window == tcp.Window
            && again.Payload.SequenceEqual(tcp.Payload) && written.MaxSegmentBytes == options.MaxSegmentBytes
            && again is { ReservedBits: 0, UrgentPointer: 0 },
            "what was read writes back equal");
    }
}
