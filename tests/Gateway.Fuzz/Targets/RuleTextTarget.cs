using System.Text;
using Gateway.Core.Net;
using Gateway.Core.Operations;

namespace Gateway.Fuzz.Targets;

/// <summary>The small texts of site files and requests: addresses, ports, operations.</summary>
internal static class RuleTextTarget
{
    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        var text = Encoding.UTF8.GetString(data);
        if (ModbusRule.TryParse(text, out var rule, out var error))
            Promise.Keep(ModbusRule.TryParse(rule!.Canonical, out var again, out _) && again!.Canonical == rule.Canonical, "a rule has one shortest form");
        else
            Promise.Keep(error.Length > 0, "a refusal says why");
        Promise.Keep(OperationText.TryParse(text, out _, out var wrong) == (wrong.Length == 0), "an operation or what is wrong, never both");
        if (Ipv4Address.TryParse(text, out var address))
            Promise.Keep(address.ToString() == text, "an address has one spelling");
        if (Ipv4Prefix.TryParse(text, out var prefix))
            Promise.Keep(Ipv4Prefix.Parse(prefix.ToString()) == prefix, "a network reads back equal");
        if (MacAddress.TryParse(text, out var mac))
            Promise.Keep(MacAddress.Parse(mac.ToString()) == mac, "a hardware address reads back equal");
        if (ServicePort.TryParse(text, out var port))
            Promise.Keep(ServicePort.TryParse(port.ToString(), out var same) && same == port, "a port reads back equal");
    }
}
