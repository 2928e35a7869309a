using System.Buffers.Binary;
using Gateway.Dataplane.Wire;

namespace Gateway.Fuzz.Targets;

internal static class IcmpTarget
{
    private const int ChecksumOffset = 2;

    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        Read(data);
        if (data.Length < IcmpView.HeaderBytes)
            return;
        Span<byte> copy = stackalloc byte[Math.Min(data.Length, Mutator.MaxSampleBytes)];
        data[..copy.Length].CopyTo(copy);
        copy.Slice(ChecksumOffset, sizeof(ushort)).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(copy[ChecksumOffset..], InternetChecksum.Of(copy));
        Read(copy);
    }

    private static void Read(ReadOnlySpan<byte> data)
    {
        var read = IcmpView.TryParse(data, out var icmp, out var error);
        Promise.Keep(read == (error == IcmpError.None), "an error or a message, never both");
        if (!read)
            return;
        Promise.Keep(icmp.Data.Length + IcmpView.HeaderBytes == data.Length, "the data is all the rest");
        if (icmp.TryGetQuote(out var quote))
            Promise.Keep(
                icmp.IsError && quote.Payload.Length >= IcmpQuoteView.LeastPayloadBytes
                && quote.TcpSequence <= uint.MaxValue && quote.SourcePort <= ushort.MaxValue && quote.DestinationPort <= ushort.MaxValue,
                "a quote has eight bytes behind its header");
        Span<byte> reply = stackalloc byte[data.Length];
        IcmpView.EmitEchoReply(reply, icmp);
        Promise.Keep(IcmpView.TryParse(reply, out var again, out _), "what was written can be read");
        Promise.Keep(
            again.Type == IcmpType.EchoReply && again.Identifier == icmp.Identifier && again.Sequence == icmp.Sequence
            && again.Data.SequenceEqual(icmp.Data),
            "the answer carries what was asked");
    }
}
