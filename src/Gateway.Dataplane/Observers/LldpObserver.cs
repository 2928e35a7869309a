using Gateway.Core.Discovery;
using Gateway.Dataplane.Wire;

namespace Gateway.Dataplane.Observers;

/// <summary>Reads what a device tells its neighbour by LLDP.</summary>
internal static class LldpObserver
{
    private static readonly (LldpCapabilities Bit, string Name)[] Names =
    [
        (LldpCapabilities.Other, "other"),
        (LldpCapabilities.Repeater, "repeater"),
        (LldpCapabilities.Bridge, "bridge"),
        (LldpCapabilities.AccessPoint, "access-point"),
        (LldpCapabilities.Router, "router"),
        (LldpCapabilities.Telephone, "telephone"),
        (LldpCapabilities.CableModem, "cable-modem"),
        (LldpCapabilities.Station, "station"),
        (LldpCapabilities.CustomerBridge, "customer-bridge"),
        (LldpCapabilities.ServiceBridge, "service-bridge"),
        (LldpCapabilities.TwoPortRelay, "two-port-relay"),
    ];

    /// <returns>False for a malformed data unit.</returns>
    public static bool TryObserve(ReadOnlySpan<byte> payload, ref ObservationWriter writer)
    {
        if (!LldpView.TryParse(payload, out var lldp, out _))
            return false;
        writer.Tell(ObservationSource.Lldp, EvidenceAttribute.HostName, lldp.SystemName);
        writer.Tell(ObservationSource.Lldp, EvidenceAttribute.Description, lldp.SystemDescription);
        writer.Tell(ObservationSource.Lldp, EvidenceAttribute.Address, lldp.ManagementAddress);
        var enabled = lldp.EnabledCapabilities;
        var capabilities = string.Join(',', Names.Where(name => (enabled & name.Bit) != 0).Select(name => name.Name));
        if (capabilities.Length > 0)
            writer.Tell(ObservationSource.Lldp, EvidenceAttribute.Capabilities, capabilities);
        return true;
    }
}
