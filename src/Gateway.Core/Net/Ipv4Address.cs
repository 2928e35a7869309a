using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Gateway.Core.Net;

/// <summary>An IPv4 address (RFC 791) as one integer in host order: the packet path keeps and compares it without an allocation.</summary>
public readonly record struct Ipv4Address(uint Value) : IComparable<Ipv4Address>
{
    /// <summary>Length on the wire, in bytes.</summary>
    public const int LengthBytes = 4;

    public static Ipv4Address Any => default;

    public static Ipv4Address LimitedBroadcast => new(uint.MaxValue);

    public bool IsAny => Value == 0;

    /// <summary>224.0.0.0/4 (RFC 5771).</summary>
    public bool IsMulticast => Value >> 28 == 0xE;

    /// <summary>127.0.0.0/8 (RFC 1122, section 3.2.1.3).</summary>
    public bool IsLoopback => Value >> 24 == 127;

    /// <summary>169.254.0.0/16 (RFC 3927).</summary>
    public bool IsLinkLocal => Value >> 16 == 0xA9FE;

    /// <summary>An address one host can own: not 0/8, not loopback, not class D or E (RFC 6890).</summary>
    public bool IsUnicast => Value >> 24 is not (0 or 127) && Value >> 28 < 0xE;

    public static Ipv4Address Read(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt32BigEndian(bytes));

    public void Write(Span<byte> bytes) => BinaryPrimitives.WriteUInt32BigEndian(bytes, Value);

    /// <summary>Reads four decimal parts of 0 to 255 without leading zeros; shortened or octal forms are refused, because people and
    /// programs read those differently.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Ipv4Address address)
    {
        address = default;
        // The number parser skips zero characters at the end; an address has one spelling.
        if (text is null || text.Length > 15 || text.Contains('\0', StringComparison.Ordinal))
            return false;
        uint value = 0;
        var parts = 0;
        foreach (var range in text.AsSpan().Split('.'))
        {
            var part = text.AsSpan()[range];
            if (++parts > 4 || part.Length is 0 or > 3 || (part.Length > 1 && part[0] == '0'))
                return false;
            if (!byte.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                return false;
            value = (value << 8) | number;
        }
        address = new Ipv4Address(value);
        return parts == 4;
    }

    /// <exception cref="FormatException">The text is not an IPv4 address.</exception>
    public static Ipv4Address Parse(string text) =>
        TryParse(text, out var address) ? address : throw new FormatException($"'{text}' is not an IPv4 address such as 192.168.10.21");

    public int CompareTo(Ipv4Address other) => Value.CompareTo(other.Value);

    public static bool operator <(Ipv4Address left, Ipv4Address right) => left.CompareTo(right) < 0;

    public static bool operator >(Ipv4Address left, Ipv4Address right) => left.CompareTo(right) > 0;

    public static bool operator <=(Ipv4Address left, Ipv4Address right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Ipv4Address left, Ipv4Address right) => left.CompareTo(right) >= 0;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Value >> 24}.{(Value >> 16) & 255}.{(Value >> 8) & 255}.{Value & 255}");
}
