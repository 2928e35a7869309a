using System.Buffers.Binary;
using Gateway.Core.Net;

namespace Gateway.Dataplane.Wire;

/// <summary>Why bytes are no ARP message that the gateway reads.</summary>
public enum ArpError : byte
{
    None = 0,

    /// <summary>Fewer than 28 bytes.</summary>
    TooShort = 1,

    /// <summary>Hardware type, protocol type or one of the address lengths is not that of IPv4 over Ethernet.</summary>
    Shape = 2,

    /// <summary>Neither a request nor a reply.</summary>
    Operation = 3,
}

public enum ArpOperation : ushort
{
    None = 0,
    Request = 1,
    Reply = 2,
}

/// <summary>An ARP message for IPv4 over Ethernet, and no other shape (RFC 826, "Packet format").</summary>
/// <remarks><code>
///   0      2      4    5    6      8            14       18           24       28
///  +------+------+----+----+------+------------+--------+------------+--------+
///  | hrd  | pro  | hln| pln| op   | sender MAC | sender | target MAC | target |
///  | 1    | 0800 | 6  | 4  |      |            | IPv4   |            | IPv4   |
///  +------+------+----+----+------+------------+--------+------------+--------+
/// </code></remarks>
public readonly ref struct ArpView
{
    /// <summary>Length of the message, in bytes; what follows in the frame is padding.</summary>
    public const int LengthBytes = 28;

    private const int HardwareTypeOffset = 0;
    private const int OperationOffset = 6;
    private const int SenderMacOffset = 8;
    private const int SenderAddressOffset = 14;
    private const int TargetMacOffset = 18;
    private const int TargetAddressOffset = 24;

    /// <summary>Hardware type 1, protocol type 0x0800, lengths 6 and 4, read as one integer.</summary>
    private const ulong EthernetIpv4 = 0x0001_0800_0604_0000;

    private readonly ReadOnlySpan<byte> _message;

    private ArpView(ReadOnlySpan<byte> message) => _message = message;

    public ArpOperation Operation => (ArpOperation)BinaryPrimitives.ReadUInt16BigEndian(_message[OperationOffset..]);

    public MacAddress SenderMac => MacAddress.Read(_message[SenderMacOffset..]);

    public Ipv4Address SenderAddress => Ipv4Address.Read(_message[SenderAddressOffset..]);

    public MacAddress TargetMac => MacAddress.Read(_message[TargetMacOffset..]);

    public Ipv4Address TargetAddress => Ipv4Address.Read(_message[TargetAddressOffset..]);

    /// <summary>A request without a sender address: "is anyone using this one?" (RFC 5227, section 1.1).</summary>
    public bool IsProbe => Operation == ArpOperation.Request && SenderAddress.IsAny;

    /// <summary>Says its own address to everyone, asked by no one (RFC 5227, section 3).</summary>
    public bool IsAnnouncement => SenderAddress == TargetAddress;

    /// <param name="payload">Payload of the frame; padding is ignored.</param>
    /// <param name="view">The message; empty on an error.</param>
    /// <param name="error">What is wrong.</param>
    public static bool TryParse(ReadOnlySpan<byte> payload, out ArpView view, out ArpError error)
    {
        error = Check(payload);
        view = error == ArpError.None ? new ArpView(payload[..LengthBytes]) : default;
        return error == ArpError.None;
    }

    /// <summary>Writes a whole frame that asks everyone on the link for <paramref name="targetAddress"/>.</summary>
    /// <param name="frame">At least <see cref="EthernetView.LeastFrameBytes"/> bytes; padding is written as zeros.</param>
    /// <param name="senderMac">Hardware address of the asker.</param>
    /// <param name="senderAddress">Address of the asker; <see cref="Ipv4Address.Any"/> makes a probe.</param>
    /// <param name="targetAddress">Address asked for.</param>
    /// <returns>Bytes written, always <see cref="EthernetView.LeastFrameBytes"/>.</returns>
    public static int EmitRequest(Span<byte> frame, MacAddress senderMac, Ipv4Address senderAddress, Ipv4Address targetAddress) =>
        Emit(frame, MacAddress.Broadcast, ArpOperation.Request, senderMac, senderAddress, MacAddress.Zero, targetAddress);

    /// <summary>Writes a whole frame that tells <paramref name="targetMac"/> who has <paramref name="senderAddress"/>.</summary>
    /// <inheritdoc cref="EmitRequest" path="/returns"/>
    public static int EmitReply(
        Span<byte> frame, MacAddress senderMac, Ipv4Address senderAddress, MacAddress targetMac, Ipv4Address targetAddress) =>
        Emit(frame, targetMac, ArpOperation.Reply, senderMac, senderAddress, targetMac, targetAddress);

    /// <summary>Writes a whole request to one neighbour instead of to everyone: the poll that leaves other hosts alone
    /// (RFC 1122, section 2.3.2.1).</summary>
    /// <inheritdoc cref="EmitRequest" path="/returns"/>
    public static int EmitPoll(
        Span<byte> frame, MacAddress senderMac, Ipv4Address senderAddress, MacAddress targetMac, Ipv4Address targetAddress) =>
        Emit(frame, targetMac, ArpOperation.Request, senderMac, senderAddress, MacAddress.Zero, targetAddress);

    private static int Emit(
        Span<byte> frame, MacAddress destination, ArpOperation operation,
        MacAddress senderMac, Ipv4Address senderAddress, MacAddress targetMac, Ipv4Address targetAddress)
    {
        var message = frame[EthernetView.Emit(frame, destination, senderMac, Ethertype.Arp)..EthernetView.LeastFrameBytes];
        BinaryPrimitives.WriteUInt64BigEndian(message[HardwareTypeOffset..], EthernetIpv4 | (ushort)operation);
        senderMac.Write(message[SenderMacOffset..]);
        senderAddress.Write(message[SenderAddressOffset..]);
        targetMac.Write(message[TargetMacOffset..]);
        targetAddress.Write(message[TargetAddressOffset..]);
        message[LengthBytes..].Clear();
        return EthernetView.LeastFrameBytes;
    }

    private static ArpError Check(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < LengthBytes)
            return ArpError.TooShort;
        var head = BinaryPrimitives.ReadUInt64BigEndian(payload[HardwareTypeOffset..]);
        if ((head & ~0xFFFFUL) != EthernetIpv4)
            return ArpError.Shape;
        return (ArpOperation)(head & 0xFFFF) is ArpOperation.Request or ArpOperation.Reply ? ArpError.None : ArpError.Operation;
    }
}
