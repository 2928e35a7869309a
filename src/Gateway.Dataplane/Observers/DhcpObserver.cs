using System.Globalization;
using System.Text;
using Gateway.Core.Discovery;
using Gateway.Dataplane.Wire;

namespace Gateway.Dataplane.Observers;

/// <summary>Reads what a DHCP client tells of itself.</summary>
internal static class DhcpObserver
{
    /// <summary>Codes kept of a parameter list. With three digits and a comma each, 63 fit an observation.</summary>
    private const int MaxParameters = (Observation.MaxValueLength + 1) / 4;

    /// <returns>False for a malformed message.</returns>
    public static bool TryObserve(ReadOnlySpan<byte> payload, ref ObservationWriter writer)
    {
        if (!DhcpView.TryParse(payload, out var dhcp, out _))
            return false;
        // A relay's message, or one in another name, says nothing about its sender.
        if (!dhcp.IsRequest || dhcp.ClientMac != writer.Mac)
            return true;
        writer.Tell(ObservationSource.Dhcp, EvidenceAttribute.HostName, dhcp.HostName);
        writer.Tell(ObservationSource.Dhcp, EvidenceAttribute.VendorClass, dhcp.VendorClass);
        // The address it has, or had where it comes from and would like to keep.
        writer.Tell(ObservationSource.Dhcp, EvidenceAttribute.Address, dhcp.ClientAddress.IsAny ? dhcp.RequestedAddress : dhcp.ClientAddress);
        if (!dhcp.ParameterList.IsEmpty)
            writer.Tell(ObservationSource.Dhcp, EvidenceAttribute.DhcpParameters, Join(dhcp.ParameterList));
        return true;
    }

    private static string Join(ReadOnlySpan<byte> codes)
    {
        var text = new StringBuilder(Observation.MaxValueLength);
        foreach (var code in codes[..Math.Min(codes.Length, MaxParameters)])
            text.Append(text.Length > 0 ? "," : "").Append(CultureInfo.InvariantCulture, $"{code}");
        return text.ToString();
    }
}
