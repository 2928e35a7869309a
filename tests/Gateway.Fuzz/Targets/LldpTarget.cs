using Gateway.Dataplane.Wire;

namespace Gateway.Fuzz.Targets;

internal static class LldpTarget
{
    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        var read = LldpView.TryParse(data, out var lldp, out var error);
        Promise.Keep(read == (error == LldpError.None), "an error or a data unit, never both");
        if (!read)
            return;
        Promise.Keep(!lldp.ChassisId.IsEmpty && !lldp.PortId.IsEmpty, "chassis and port are always named");
        Promise.Keep(
            DhcpTarget.IsInside(data, lldp.ChassisId) && DhcpTarget.IsInside(data, lldp.PortId)
            && DhcpTarget.IsInside(data, lldp.PortDescription) && DhcpTarget.IsInside(data, lldp.SystemName)
            && DhcpTarget.IsInside(data, lldp.SystemDescription),
            "values lie inside the unit");
        _ = lldp.ChassisIdSubtype + lldp.PortIdSubtype + lldp.TimeToLiveSeconds + (int)lldp.Capabilities + (int)lldp.EnabledCapabilities
            + lldp.ManagementAddress.Value;
    }
}
