using Gateway.Core.Net;

namespace Gateway.Core.Policy.Rules;

/// <summary>A service belongs to a fabric, has one TCP port, and the gateway has a host link on which its connector takes the flows.</summary>
internal sealed class ServiceRule : ISiteRule
{
    public void Check(SiteIndex site, Report report)
    {
        for (var i = 0; i < site.Document.Services.Length; i++)
        {
            var (service, path) = (site.Document.Services[i], $"services[{i}]");
            if (!site.Fabrics.ContainsKey(service.Fabric))
                report.Error(service.At, $"{path}.fabric", service.Fabric,
                    $"there is no fabric of this name{Nearest.Hint(service.Fabric, site.Fabrics.Keys)}");
            if (service.Remote.Length is 0 or > PolicyLimits.MaxTextLength || !LabelSet.IsPrintable(service.Remote))
                report.Error(service.At, $"{path}.remote", service.Remote,
                    $"the name of the service in the fabric has 1 to {PolicyLimits.MaxTextLength} characters; "
                    + "remove it when it is the same as 'name'");
            CheckPort(report, service, $"{path}.port");
            if (service.Address is { IsUnicast: false } address)
                report.Error(service.At, $"{path}.address", $"{address}",
                    "no host can have this address; write the one at which devices dial the service");
            if (site.HostLink is null)
                report.Error(service.At, path, service.Name,
                    "a service needs the host link, where its connector takes the flows; "
                    + "add { name: host, role: host, interface: host1, address: 100.64.0.1/16 } to 'links'");
        }
    }

    private static void CheckPort(Report report, ServiceSpec service, string field)
    {
        if (service.Port.Transport != Transport.Tcp)
            report.Error(service.At, field, $"{service.Port}", "a fabric carries services over TCP; write for example tcp/8086");
        else if (service.Port.Ports.First != service.Port.Ports.Last || service.Port.Ports.First == 0)
            report.Error(service.At, field, $"{service.Port}", "a service has one port; write one service for each");
    }
}
