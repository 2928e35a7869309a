using System.Buffers.Binary;
using Gateway.Core.Net;

namespace Gateway.Dataplane.Wire;

/// <summary>Why bytes are no LLDP data unit.</summary>
public enum LldpError : byte
{
    None = 0,

    /// <summary>A TLV without its two header bytes, or longer than what is left.</summary>
    Overrun = 1,

    /// <summary>It does not begin with chassis id, port id and time to live, or has one of them again.</summary>
    Mandatory = 2,

    /// <summary>A known TLV with a length it cannot have.</summary>
    Length = 3,
}

/// <summary>Bits of the system capabilities TLV (IEEE Std 802.1AB-2016, table 8-4).</summary>
[Flags]
public enum LldpCapabilities : ushort
{
    None = 0,
    Other = 1 << 0,
    Repeater = 1 << 1,
    Bridge = 1 << 2,
    AccessPoint = 1 << 3,
    Router = 1 << 4,
    Telephone = 1 << 5,
    CableModem = 1 << 6,
    Station = 1 << 7,
    CustomerBridge = 1 << 8,
    ServiceBridge = 1 << 9,
    TwoPortRelay = 1 << 10,
}

/// <summary>An LLDP data unit (IEEE Std 802.1AB-2016, clause 8). Where an optional TLV appears more than once, the first one counts.</summary>
/// <remarks><code>
///  +------------+-------------+--------------------+     chassis id, port id, time to live, then any others;
///  | type 7 bit | length 9 bit| value, 0 to 511    |     type 0 ends the unit, what follows is padding
///  +------------+-------------+--------------------+
/// </code></remarks>
public ref struct LldpView
{
    private const int HeaderBytes = 2;
    private const int LengthBits = 9;
    private const int LengthMask = 0x1FF;

    /// <summary>Subtype byte and an identifier of 1 to 255 bytes (clauses 8.5.2 and 8.5.3).</summary>
    private const int LeastIdBytes = 2;
    private const int MaxIdBytes = 256;

    /// <summary>Clauses 8.5.5 to 8.5.7.</summary>
    private const int MaxTextBytes = 255;
    private const int CapabilitiesBytes = 4;

    /// <summary>Clause 8.5.9: address length, subtype, address, interface subtype, interface number, object id length.</summary>
    private const int LeastManagementBytes = 9;
    private const int MaxManagementBytes = 167;
    private const byte ManagementIpv4 = 1;

    /// <summary>Subtype (IANA address family) byte and four bytes of address.</summary>
    private const byte ManagementIpv4Bytes = 5;

    /// <summary>Chassis id, port id, time to live: types 1, 2 and 3, in this order.</summary>
    private const int MandatoryTlvs = 3;

    private int _mandatory;

    /// <summary>Clause 8.5.2.2; 4 is a hardware address.</summary>
    public byte ChassisIdSubtype { get; private set; }

    public ReadOnlySpan<byte> ChassisId { get; private set; }

    /// <summary>Clause 8.5.3.2; 3 is a hardware address.</summary>
    public byte PortIdSubtype { get; private set; }

    public ReadOnlySpan<byte> PortId { get; private set; }

    /// <summary>How long what it says holds; 0: it leaves.</summary>
    public ushort TimeToLiveSeconds { get; private set; }

    /// <summary>Empty where missing, like all texts here.</summary>
    public ReadOnlySpan<byte> PortDescription { get; private set; }

    public ReadOnlySpan<byte> SystemName { get; private set; }

    public ReadOnlySpan<byte> SystemDescription { get; private set; }

    /// <summary>What it could do.</summary>
    public LldpCapabilities Capabilities { get; private set; }

    /// <summary>What of it is switched on.</summary>
    public LldpCapabilities EnabledCapabilities { get; private set; }

    /// <summary>First IPv4 management address; zero where there is none.</summary>
    public Ipv4Address ManagementAddress { get; private set; }

    /// <param name="payload">Payload of the frame. Each byte is read at most once, so the work is bounded by its length.</param>
    /// <param name="view">The data unit; empty on an error.</param>
    /// <param name="error">The first thing that is wrong.</param>
    public static bool TryParse(ReadOnlySpan<byte> payload, out LldpView view, out LldpError error)
    {
        var read = new LldpView();
        error = read.ReadTlvs(payload);
        view = error == LldpError.None ? read : default;
        return error == LldpError.None;
    }

    private LldpError ReadTlvs(ReadOnlySpan<byte> left)
    {
        while (!left.IsEmpty)
        {
            if (left.Length < HeaderBytes)
                return LldpError.Overrun;
            var header = BinaryPrimitives.ReadUInt16BigEndian(left);
            var length = header & LengthMask;
            if (length > left.Length - HeaderBytes)
                return LldpError.Overrun;
            var type = (LldpTlv)(header >> LengthBits);
            if (!MayFollow(type))
                return LldpError.Mandatory;
            if (type == LldpTlv.End)
                return length == 0 ? LldpError.None : LldpError.Length;
            if (!TryTake(type, left.Slice(HeaderBytes, length)))
                return LldpError.Length;
            left = left[(HeaderBytes + length)..];
        }
        return _mandatory == MandatoryTlvs ? LldpError.None : LldpError.Mandatory;
    }

    /// <summary>The first three TLVs are the mandatory ones, in order, and none of them comes again (clause 8.2).</summary>
    private bool MayFollow(LldpTlv type)
    {
        if (_mandatory == MandatoryTlvs)
            return type is LldpTlv.End or > LldpTlv.TimeToLive;
        _mandatory++;
        return (int)type == _mandatory;
    }

    private bool TryTake(LldpTlv type, ReadOnlySpan<byte> value)
    {
        switch (type)
        {
            case LldpTlv.ChassisId when value.Length is >= LeastIdBytes and <= MaxIdBytes:
                ChassisIdSubtype = value[0];
                ChassisId = value[1..];
                return true;
            case LldpTlv.PortId when value.Length is >= LeastIdBytes and <= MaxIdBytes:
                PortIdSubtype = value[0];
                PortId = value[1..];
                return true;
            case LldpTlv.TimeToLive when value.Length >= sizeof(ushort):
                TimeToLiveSeconds = BinaryPrimitives.ReadUInt16BigEndian(value);
                return true;
            case LldpTlv.ChassisId or LldpTlv.PortId or LldpTlv.TimeToLive:
                return false;
            default:
                return TryTakeOptional(type, value);
        }
    }

    private bool TryTakeOptional(LldpTlv type, ReadOnlySpan<byte> value)
    {
        switch (type)
        {
            case LldpTlv.PortDescription:
                PortDescription = First(PortDescription, value);
                return value.Length <= MaxTextBytes;
            case LldpTlv.SystemName:
                SystemName = First(SystemName, value);
                return value.Length <= MaxTextBytes;
            case LldpTlv.SystemDescription:
                SystemDescription = First(SystemDescription, value);
                return value.Length <= MaxTextBytes;
            case LldpTlv.Capabilities:
                return TryTakeCapabilities(value);
            case LldpTlv.ManagementAddress:
                return TryTakeManagement(value);
            default:
                return true;
        }
    }

    private bool TryTakeCapabilities(ReadOnlySpan<byte> value)
    {
        if (value.Length != CapabilitiesBytes)
            return false;
        if (Capabilities == LldpCapabilities.None)
        {
            Capabilities = (LldpCapabilities)BinaryPrimitives.ReadUInt16BigEndian(value);
            EnabledCapabilities = (LldpCapabilities)BinaryPrimitives.ReadUInt16BigEndian(value[sizeof(ushort)..]);
        }
        return true;
    }

    private bool TryTakeManagement(ReadOnlySpan<byte> value)
    {
        // The address length counts its subtype byte; six more fixed bytes follow the address.
        if (value.Length is < LeastManagementBytes or > MaxManagementBytes || value[0] < 2 || value[0] + 7 > value.Length)
            return false;
        if (ManagementAddress.IsAny && value[0] == ManagementIpv4Bytes && value[1] == ManagementIpv4)
            ManagementAddress = Ipv4Address.Read(value[2..]);
        return true;
    }

    private static ReadOnlySpan<byte> First(ReadOnlySpan<byte> before, ReadOnlySpan<byte> now) => before.IsEmpty ? now : before;

    private enum LldpTlv
    {
        End = 0,
        ChassisId = 1,
        PortId = 2,
        TimeToLive = 3,
        PortDescription = 4,
        SystemName = 5,
        SystemDescription = 6,
        Capabilities = 7,
        ManagementAddress = 8,
    }
}
