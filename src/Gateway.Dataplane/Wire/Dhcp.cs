using System.Buffers.Binary;
using Gateway.Core.Net;

namespace Gateway.Dataplane.Wire;

/// <summary>Why bytes are no DHCP message.</summary>
public enum DhcpError : byte
{
    None = 0,

    /// <summary>Fewer than 240 bytes: no whole fixed part with the magic cookie.</summary>
    TooShort = 1,

    /// <summary>The first byte is neither request (1) nor reply (2).</summary>
    Operation = 2,

    /// <summary>The hardware address is not an Ethernet address of 6 bytes.</summary>
    HardwareShape = 3,

    /// <summary>No magic cookie: plain BOOTP (RFC 951), or something else.</summary>
    Cookie = 4,

    /// <summary>An option without its length byte, or longer than its area.</summary>
    OptionOverrun = 5,

    /// <summary>A known option with a length it cannot have.</summary>
    OptionLength = 6,
}

/// <summary>Values of option 53 (RFC 2132, section 9.6).</summary>
public enum DhcpMessageType : byte
{
    /// <summary>The option is missing.</summary>
    None = 0,
    Discover = 1,
    Offer = 2,
    Request = 3,
    Decline = 4,
    Ack = 5,
    Nak = 6,
    Release = 7,
    Inform = 8,
}

/// <summary>A DHCP message (RFC 2131, section 2), with the options that say something about a client (RFC 2132). Where an option
/// appears more than once, the first one counts.</summary>
/// <remarks><code>
///   0  1     2    3    4    8    10    12      16      20      24      28      44    108    236     240
///  +--+-----+----+----+----+----+-----+-------+-------+-------+-------+-------+-----+------+-------+---------
///  |op|htype|hlen|hops| xid|secs|flags|ciaddr |yiaddr |siaddr |giaddr |chaddr |sname| file | cookie| options
///  +--+-----+----+----+----+----+-----+-------+-------+-------+-------+-------+-----+------+-------+---------
///  option: code, length, value; code 0 is padding, 255 the end.
/// </code></remarks>
public ref struct DhcpView
{
    public const int FixedBytes = 240;
    public const ushort ServerPort = 67;
    public const ushort ClientPort = 68;

    private const int OperationOffset = 0;
    private const int HardwareTypeOffset = 1;
    private const int HardwareLengthOffset = 2;
    private const int TransactionOffset = 4;
    private const int FlagsOffset = 10;
    private const int ClientAddressOffset = 12;
    private const int YourAddressOffset = 16;
    private const int RelayAddressOffset = 24;
    private const int ClientMacOffset = 28;
    private const int ServerNameOffset = 44;
    private const int FileOffset = 108;
    private const int CookieOffset = 236;

    private const byte RequestOperation = 1;
    private const byte ReplyOperation = 2;
    private const byte EthernetHardware = 1;
    private const ushort BroadcastFlag = 0x8000;
    private const uint Cookie = 0x63825363;

    private readonly ReadOnlySpan<byte> _message;

    private DhcpView(ReadOnlySpan<byte> message) => _message = message;

    /// <summary>Sent by a client; otherwise by a server.</summary>
    public readonly bool IsRequest => _message[OperationOffset] == RequestOperation;

    public readonly uint Transaction => BinaryPrimitives.ReadUInt32BigEndian(_message[TransactionOffset..]);

    /// <summary>The client cannot take unicast answers yet.</summary>
    public readonly bool WantsBroadcast => (BinaryPrimitives.ReadUInt16BigEndian(_message[FlagsOffset..]) & BroadcastFlag) != 0;

    /// <summary>Address the client has and can answer ARP for; zero otherwise.</summary>
    public readonly Ipv4Address ClientAddress => Ipv4Address.Read(_message[ClientAddressOffset..]);

    /// <summary>Address the server gives.</summary>
    public readonly Ipv4Address YourAddress => Ipv4Address.Read(_message[YourAddressOffset..]);

    /// <summary>Relay the message came through; zero for none.</summary>
    public readonly Ipv4Address RelayAddress => Ipv4Address.Read(_message[RelayAddressOffset..]);

    public readonly MacAddress ClientMac => MacAddress.Read(_message[ClientMacOffset..]);

    public DhcpMessageType MessageType { get; private set; }

    /// <summary>Option 12, section 3.14; empty where missing.</summary>
    public ReadOnlySpan<byte> HostName { get; private set; }

    /// <summary>Option 50, section 9.1; zero where missing.</summary>
    public Ipv4Address RequestedAddress { get; private set; }

    /// <summary>Option 54, section 9.7: server the client chose; zero where missing.</summary>
    public Ipv4Address ServerId { get; private set; }

    /// <summary>Option 55, section 9.8: codes of the options the client asks for, in its own order; empty where missing.</summary>
    public ReadOnlySpan<byte> ParameterList { get; private set; }

    /// <summary>Option 60, section 9.13; empty where missing.</summary>
    public ReadOnlySpan<byte> VendorClass { get; private set; }

    /// <summary>Option 61, section 9.14: type byte and identifier; empty where missing.</summary>
    public ReadOnlySpan<byte> ClientId { get; private set; }

    /// <summary>Option 52, section 9.3: bit 0, the file field holds options too; bit 1, the server name field does.</summary>
    private DhcpOverload Overload { get; set; }

    /// <param name="message">Payload of the UDP datagram. Each byte is read at most once, so the work is bounded by its length.</param>
    /// <param name="view">The message; empty on an error.</param>
    /// <param name="error">The first thing that is wrong.</param>
    public static bool TryParse(ReadOnlySpan<byte> message, out DhcpView view, out DhcpError error)
    {
        view = default;
        error = CheckFixed(message);
        if (error != DhcpError.None)
            return false;
        var read = new DhcpView(message);
        error = read.ReadArea(message[FixedBytes..]);
        // The file field is read before the server name (RFC 2131, section 4.1). Only the options field can say that they hold options.
        var overload = read.Overload;
        if (error == DhcpError.None && (overload & DhcpOverload.File) != 0)
            error = read.ReadArea(message[FileOffset..CookieOffset]);
        if (error == DhcpError.None && (overload & DhcpOverload.ServerName) != 0)
            error = read.ReadArea(message[ServerNameOffset..FileOffset]);
        if (error == DhcpError.None)
            view = read;
        return error == DhcpError.None;
    }

    private static DhcpError CheckFixed(ReadOnlySpan<byte> message)
    {
        if (message.Length < FixedBytes)
            return DhcpError.TooShort;
        if (message[OperationOffset] is not (RequestOperation or ReplyOperation))
            return DhcpError.Operation;
        if (message[HardwareTypeOffset] != EthernetHardware || message[HardwareLengthOffset] != MacAddress.LengthBytes)
            return DhcpError.HardwareShape;
        return BinaryPrimitives.ReadUInt32BigEndian(message[CookieOffset..]) == Cookie ? DhcpError.None : DhcpError.Cookie;
    }

    /// <summary>Reads one area to its end option or, as many clients leave that out, to its last byte.</summary>
    private DhcpError ReadArea(ReadOnlySpan<byte> left)
    {
        while (!left.IsEmpty && left[0] != (byte)DhcpOption.End)
        {
            if (left[0] == (byte)DhcpOption.Pad)
            {
                left = left[1..];
                continue;
            }
            if (left.Length < 2 || left.Length - 2 < left[1])
                return DhcpError.OptionOverrun;
            if (!TryTake((DhcpOption)left[0], left.Slice(2, left[1])))
                return DhcpError.OptionLength;
            left = left[(2 + left[1])..];
        }
        return DhcpError.None;
    }

    private bool TryTake(DhcpOption option, ReadOnlySpan<byte> value)
    {
        switch (option)
        {
            case DhcpOption.MessageType when value.Length == 1:
                MessageType = MessageType == DhcpMessageType.None ? (DhcpMessageType)value[0] : MessageType;
                return true;
            case DhcpOption.RequestedAddress when value.Length == Ipv4Address.LengthBytes:
                RequestedAddress = RequestedAddress.IsAny ? Ipv4Address.Read(value) : RequestedAddress;
                return true;
            case DhcpOption.ServerId when value.Length == Ipv4Address.LengthBytes:
                ServerId = ServerId.IsAny ? Ipv4Address.Read(value) : ServerId;
                return true;
            case DhcpOption.Overload when value.Length == 1:
                Overload = Overload == 0 ? (DhcpOverload)value[0] : Overload;
                return true;
            case DhcpOption.MessageType or DhcpOption.RequestedAddress or DhcpOption.ServerId or DhcpOption.Overload:
                return false;
            case DhcpOption.HostName:
                HostName = First(HostName, value);
                return value.Length >= 1;
            case DhcpOption.ParameterList:
                ParameterList = First(ParameterList, value);
                return value.Length >= 1;
            case DhcpOption.VendorClass:
                VendorClass = First(VendorClass, value);
                return value.Length >= 1;
            case DhcpOption.ClientId:
                ClientId = First(ClientId, value);
                return value.Length >= 2;
            default:
                return true;
        }
    }

    private static ReadOnlySpan<byte> First(ReadOnlySpan<byte> before, ReadOnlySpan<byte> now) => before.IsEmpty ? now : before;

    private enum DhcpOption : byte
    {
        Pad = 0,
        HostName = 12,
        RequestedAddress = 50,
        Overload = 52,
        MessageType = 53,
        ServerId = 54,
        ParameterList = 55,
        VendorClass = 60,
        ClientId = 61,
        End = 255,
    }

    [Flags]
    private enum DhcpOverload : byte
    {
        File = 1,
        ServerName = 2,
    }
}
