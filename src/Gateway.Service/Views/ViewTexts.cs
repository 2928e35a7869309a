using Gateway.Core.Devices;
using Gateway.Core.Discovery;
using Gateway.Core.Fabric;
using Gateway.Core.State;

namespace Gateway.Service.Views;

/// <summary>Words of the API for states and kinds: kebab-case, never translated.</summary>
internal static class ViewTexts
{
    public static string Of(DeviceState state) => state switch
    {
        DeviceState.New => "new",
        DeviceState.Named => "named",
        DeviceState.Protected => "protected",
        DeviceState.Changed => "changed",
        DeviceState.CutOff => "cut-off",
        _ => "retired",
    };

    public static string Of(Role role) => role switch
    {
        Role.Engineer => "engineer",
        Role.Operator => "operator",
        _ => "auditor",
    };

    public static string Of(ConnectorState state) => state.ToString().ToLowerInvariant();

    public static string Of(EvidenceAttribute attribute) => attribute switch
    {
        EvidenceAttribute.AsksFor => "asks-for",
        EvidenceAttribute.HostName => "host-name",
        EvidenceAttribute.VendorClass => "vendor-class",
        EvidenceAttribute.DhcpParameters => "dhcp-parameters",
        _ => attribute.ToString().ToLowerInvariant(),
    };

    public static string Of(ObservationSource source) => source == ObservationSource.ModbusIdentification ? "modbus" : source.ToString().ToLowerInvariant();
}
