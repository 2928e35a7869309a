using Gateway.Core.Net;
using Gateway.Core.Operations;

namespace Gateway.Core.Policy.Rules;

/// <summary>What a grant allows is complete, can be enforced as written, and can be carried.</summary>
internal sealed class GrantAllowRule : ISiteRule
{
    /// <summary>Port registered for Modbus (IANA service names registry, mbap).</summary>
    private const ushort ModbusPort = 502;

    public void Check(SiteIndex site, Report report)
    {
        for (var i = 0; i < site.Document.Grants.Length; i++)
        {
            if (report.IsWrong($"grants[{i}].to"))
                continue;
            var (grant, path) = (site.Document.Grants[i], $"grants[{i}].allow");
            if (grant.To.Kind == EntityKind.Service && grant.Allow.Length > 0)
                report.Error(grant.At, path, "", "a service has its own port, which counts; remove 'allow'");
            else if (grant.To.Kind != EntityKind.Service && grant.Allow.Length == 0)
                report.Error(grant.At, path, "",
                    "nothing is allowed; write for example allow: [ { port: tcp/502, inspect: modbus, operations: read } ]");
            if (grant.Allow.Length > PolicyLimits.MaxAllows)
                report.Error(grant.At, path, "", $"the list has {grant.Allow.Length} items; at most {PolicyLimits.MaxAllows} are allowed");
            for (var j = 0; j < grant.Allow.Length; j++)
                CheckAllow(report, grant, grant.Allow[j], $"{path}[{j}]");
        }
    }

    private static void CheckAllow(Report report, GrantSpec grant, AllowSpec allow, string path)
    {
        var ports = allow.Port.Ports;
        if (allow.Port.Transport is not (Transport.Tcp or Transport.Udp) || ports.First == 0 || ports.First > ports.Last)
            report.Error(allow.At, $"{path}.port", "", "a transport and port such as tcp/502 is needed");
        else if (grant.From.Kind is EntityKind.Caller or EntityKind.Gateway && allow.Port.Transport != Transport.Tcp)
            report.Error(allow.At, $"{path}.port", $"{allow.Port}", "callers come through a fabric, which carries TCP; write a tcp port");
        if (allow.Inspector != InspectorKind.None && allow.Port.Transport == Transport.Udp)
            report.Error(allow.At, $"{path}.inspect", SiteFormat.Inspectors.Of(allow.Inspector), "Modbus is inspected on TCP; write a tcp port");
        if (!report.IsWrong($"{path}.inspect") && (allow.Operations?.Protocol ?? OperationProtocol.None) != allow.Inspector.Protocol)
            report.Error(allow.At, $"{path}.operations", allow.Operations?.Canonical ?? "",
                "an inspector and its operations belong together: inspect: modbus, operations: read");
        Warn(report, allow, path);
    }

    private static void Warn(Report report, AllowSpec allow, string path)
    {
        var ports = allow.Port.Ports;
        var isModbus = allow.Port.Transport == Transport.Tcp && ports is { First: ModbusPort, Last: ModbusPort };
        if (isModbus && allow.Inspector == InspectorKind.None)
            report.Warn(allow.At, $"{path}.port", $"{allow.Port}",
                "this is the Modbus port without inspection: every operation passes, writes and programming too; "
                + "add inspect: modbus, operations: read");
        if (ports is { First: 1, Last: ushort.MaxValue })
            report.Warn(allow.At, $"{path}.port", $"{allow.Port}", "this allows every port; name those that are used");
    }
}
