using Gateway.Dataplane.Wire;

namespace Gateway.Fuzz.Targets;

internal static class DhcpTarget
{
    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        var read = DhcpView.TryParse(data, out var dhcp, out var error);
        Promise.Keep(read == (error == DhcpError.None), "an error or a message, never both");
        if (!read)
            return;
        Promise.Keep(
            IsInside(data, dhcp.HostName) && IsInside(data, dhcp.ParameterList) && IsInside(data, dhcp.VendorClass) && IsInside(data, dhcp.ClientId),
            "values lie inside the message");
        Promise.Keep(dhcp.ClientId.Length != 1, "a client id has a type and a value");
        _ = dhcp.ClientMac.Value + dhcp.ClientAddress.Value + dhcp.YourAddress.Value + dhcp.RelayAddress.Value + dhcp.RequestedAddress.Value
            + dhcp.Transaction + (dhcp.WantsBroadcast ? 1u : 0) + (dhcp.IsRequest ? 1u : 0) + (uint)dhcp.MessageType;
    }

    /// <summary>True for an empty value, and for one of at most 255 bytes that is part of <paramref name="all"/>.</summary>
    public static bool IsInside(ReadOnlySpan<byte> all, ReadOnlySpan<byte> part) =>
        part.IsEmpty || (all.Overlaps(part, out var at) && at >= 0 && at + part.Length <= all.Length && part.Length <= 255);
}
