using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Gateway.Core.Net;

/// <summary>An address with the length of its network part (CIDR notation, RFC 4632): <c>192.168.10.21/24</c> is a host in a network,
/// so the host bits are kept.</summary>
public readonly record struct Ipv4Prefix
{
    public Ipv4Prefix(Ipv4Address address, int lengthBits)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(lengthBits);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lengthBits, 32);
        Address = address;
        LengthBits = (byte)lengthBits;
    }

    /// <summary>The address as written, host bits included.</summary>
    public Ipv4Address Address { get; }

    /// <summary>Network part in bits, 0 to 32.</summary>
    public byte LengthBits { get; }

    public uint Mask => LengthBits == 0 ? 0 : uint.MaxValue << (32 - LengthBits);

    public Ipv4Address Network => new(Address.Value & Mask);

    /// <summary>The directed broadcast address; for /31 and /32 there is none (RFC 3021), and the address itself is given.</summary>
    public Ipv4Address DirectedBroadcast => LengthBits >= 31 ? Address : new(Address.Value | ~Mask);

    public bool Contains(Ipv4Address other) => (other.Value & Mask) == (Address.Value & Mask);

    /// <summary>True for an address a host of this network may own: inside it, and neither its network nor its broadcast address.</summary>
    public bool IsHost(Ipv4Address other) =>
        Contains(other) && (LengthBits >= 31 || (other != Network && other != DirectedBroadcast));

    /// <summary>The lowest address a host may own that is not <paramref name="other"/>; <see cref="Ipv4Address.Any"/> when there is none.</summary>
    public Ipv4Address FirstHostBut(Ipv4Address other)
    {
        var first = LengthBits >= 31 ? Network : new Ipv4Address(Network.Value + 1);
        if (first == other)
            first = new Ipv4Address(first.Value + 1);
        return IsHost(first) ? first : Ipv4Address.Any;
    }

    /// <summary>Reads <c>192.168.10.21/24</c>. A missing length is refused: guessing it wrong makes neighbours unreachable.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Ipv4Prefix prefix)
    {
        prefix = default;
        var slash = text?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        if (slash < 0 || !Ipv4Address.TryParse(text![..slash], out var address))
            return false;
        if (!byte.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var length) || length > 32)
            return false;
        prefix = new Ipv4Prefix(address, length);
        return true;
    }

    /// <exception cref="FormatException">The text is not an address with a length.</exception>
    public static Ipv4Prefix Parse(string text) =>
        TryParse(text, out var prefix) ? prefix : throw new FormatException($"'{text}' is not an address with a length such as 192.168.10.21/24");

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Address}/{LengthBits}");
}
