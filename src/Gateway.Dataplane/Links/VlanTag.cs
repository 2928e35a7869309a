using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Gateway.Dataplane.Links;

/// <summary>
/// The tag of a VLAN (IEEE 802.1Q-2022, 9.4), as the kernel hands it over beside a frame and as we put it back. Between, no frame bears one.
/// <code>
///   | destination 6 | source 6 | 0x8100 | PCP 3, DEI 1, VID 12 bits | ethertype ...
/// </code>
/// </summary>
internal static unsafe class VlanTag
{
    public const int LengthBytes = 4;

    /// <summary>Tag protocol identifier of a customer VLAN. Provider tags (0x88A8) are not ours to take off.</summary>
    public const ushort Protocol = 0x8100;

    /// <summary>Bits of the tag that name the VLAN; the rest is priority, which a device does not choose here.</summary>
    public const ushort IdMask = 0x0FFF;

    private const int AddressBytes = 12;

    /// <summary>Moves the addresses of a frame forward and puts the tag behind them.</summary>
    /// <param name="frame">First byte of the frame; the <see cref="LengthBytes"/> bytes before it are ours.</param>
    /// <param name="vlan">VLAN, 1 to 4094.</param>
    /// <returns>First byte of the tagged frame.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* Insert(byte* frame, ushort vlan)
    {
        var start = frame - LengthBytes;
        new Span<byte>(frame, AddressBytes).CopyTo(new Span<byte>(start, AddressBytes));
        BinaryPrimitives.WriteUInt32BigEndian(new Span<byte>(start + AddressBytes, LengthBytes), ((uint)Protocol << 16) | vlan);
        return start;
    }
}
