using System.Globalization;
using Gateway.Core.Policy;

namespace Gateway.Dataplane.Control;

/// <summary>Says in words what a site file would do.</summary>
internal static class PolicySummary
{
    public static int Print(CompiledPolicy policy, SiteDocument document, TextWriter output)
    {
        output.WriteLine($"site {policy.Site}, segments {policy.SegmentRange}, policy {PolicyBlob.Hash(PolicyBlob.Write(policy))[..16]}");
        foreach (var link in policy.Links)
            output.WriteLine($"link {link.Name}: {link.Role.ToString().ToLowerInvariant()} on {link.Interface} {link.Address}".TrimEnd());
        foreach (var device in policy.Devices)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"device {device.Name}: {device.Mac} {device.Address} on {policy.Links[device.Link].Name}, known as {device.SegmentAddress}, the gateway speaks to it as {device.GatewayAddress}, at most {device.MaxFlows} flows, {device.Enforcement}"));
        }
        foreach (var conduit in policy.Conduits)
            output.WriteLine(Describe(policy, conduit));
        var idle = document.Grants.Where(g => policy.Conduits.All(c => policy.Grants[c.Grant].Name != g.Name)).Select(g => g.Name).ToList();
        foreach (var grant in idle)
            output.WriteLine($"grant {grant}: allows nothing now, nothing matches its labels");
        output.WriteLine($"everything else is refused ({policy.Conduits.Length} conduits)");
        return 0;
    }

    private static string Describe(CompiledPolicy policy, Conduit conduit)
    {
        var inspection = conduit.Inspector == InspectorKind.None
            ? "not inspected"
            : $"{conduit.Inspector.ToString().ToLowerInvariant()} {conduit.Operations?.Canonical}, refusals: {conduit.Refuse.ToString().ToLowerInvariant()}";
        return $"grant {policy.Grants[conduit.Grant].Name}: {Name(policy, conduit.From)} reaches {Name(policy, conduit.To)} at {conduit.SeenAt} "
            + $"{conduit.Port}, shown as {conduit.ShownAs}, {inspection}";
    }

    private static string Name(CompiledPolicy policy, EntityRef entity) => entity.Kind switch
    {
        EntityKind.Device => $"device {policy.Devices[entity.Index].Name}",
        EntityKind.Peer => $"peer {policy.Peers[entity.Index].Name}",
        EntityKind.Service => $"service {policy.Services[entity.Index].Name}",
        EntityKind.Caller => $"caller {policy.Callers[entity.Index].Name}",
        _ => "the gateway",
    };
}
