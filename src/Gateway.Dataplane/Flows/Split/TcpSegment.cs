using System.Runtime.CompilerServices;
using Gateway.Dataplane.Wire;

namespace Gateway.Dataplane.Flows.Split;


/// <summary>A received segment whose shape and checksum are already judged.</summary>
/// <param name="sequence">Sequence number of the first byte.</param>
/// <param name="acknowledgement">Next byte the sender expects; meaningful with <see cref="TcpFlags.Ack"/>.</param>
/// <param name="flags">Control bits.</param>
/// <param name="window">Window as sent, unscaled.</param>
/// <param name="maxSegmentBytes">MSS option; 0 where there is none.</param>
/// <param name="payload">Data.</param>
internal readonly ref struct TcpSegment(
    uint sequence, uint acknowledgement, TcpFlags flags, ushort window, ushort maxSegmentBytes, ReadOnlySpan<byte> payload)
{
    public uint Sequence { get; } = sequence;

    public uint Acknowledgement { get; } = acknowledgement;

    public TcpFlags Flags { get; } = flags;

    public ushort Window { get; } = window;

    public ushort MaxSegmentBytes { get; } = maxSegmentBytes;

    public ReadOnlySpan<byte> Payload { get; } = payload;

    public bool Has(TcpFlags flag) => (Flags & flag) != 0;
}

/// <summary>Arithmetic on sequence numbers, which wrap (RFC 9293, section 3.4).</summary>
internal static class Sequence
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Before(uint left, uint right) => unchecked((int)(left - right)) < 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AtOrBefore(uint left, uint right) => unchecked((int)(left - right)) <= 0;
}
