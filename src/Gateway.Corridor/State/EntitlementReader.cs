using Gateway.Core.Fabric;

namespace Gateway.Corridor.State;

/// <summary>Reads entitlements as people write them, in the command and in the configuration file.</summary>
internal static class EntitlementReader
{
    /// <param name="from">What the caller is named by.</param>
    /// <param name="caller">Its name, checked.</param>
    /// <param name="target"><c>plc-7/modbus</c>, <c>cam-*:554</c>, or the name of a service.</param>
    /// <param name="declared">From the configuration file.</param>
    /// <param name="wrong">What is wrong and what would be right.</param>
    /// <returns>Null when something is wrong.</returns>
    public static Entitlement? Read(CallerKind from, string caller, string target, bool declared, out string? wrong)
    {
        if (!DialTarget.TryParse(target, name => Entitlement.IsTarget(name) ? null : Explain(name), out var parsed, out wrong))
            return null;
        if (parsed.IsService && parsed.Name.EndsWith('*'))
        {
            wrong = $"'{target}' names many devices but no port; write the port, for example {target}/modbus";
            return null;
        }
        return new Entitlement(from, caller, parsed.Name, parsed.Port, declared);
    }

    private static string Explain(string name) =>
        $"'{name}' is no name of a device or service and no beginning of names; write for example plc-7/modbus, cam-*/rtsp or historian";
}
