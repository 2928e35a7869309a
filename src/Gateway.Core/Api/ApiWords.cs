using Gateway.Core.Devices;
using Gateway.Core.Discovery;
using Gateway.Core.Fabric;
using Gateway.Core.State;

namespace Gateway.Core.Api;

/// <summary>Words of the API for states and the like: kebab-case, never translated. The pages have a text for each.</summary>
public static class ApiWords
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

    public static string Of(ConnectorState state) => Lower(state);

    public static string Of(EvidenceAttribute attribute) => attribute switch
    {
        EvidenceAttribute.AsksFor => "asks-for",
        EvidenceAttribute.HostName => "host-name",
        EvidenceAttribute.VendorClass => "vendor-class",
        EvidenceAttribute.DhcpParameters => "dhcp-parameters",
        _ => Lower(attribute),
    };

    public static string Of(ObservationSource source) => source == ObservationSource.ModbusIdentification ? "modbus" : Lower(source);

    private static string Lower<T>(T word)
        where T : struct, Enum => word.ToString().ToLowerInvariant();
}
