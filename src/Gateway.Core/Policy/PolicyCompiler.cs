using Gateway.Core.Policy.Compiling;
using Gateway.Core.Policy.Rules;

namespace Gateway.Core.Policy;

/// <summary>Turns a document into what the dataplane enforces: defaults of addresses as decision 0001 says, segment addresses given out,
/// labels expanded. Equal documents give equal policies, whatever the order of their lists, but for segment addresses that are
/// not written: those follow the order of the devices.</summary>
public static class PolicyCompiler
{
    /// <summary>Compiles, or says everything that is wrong.</summary>
    public static CompileResult Compile(SiteDocument document)
    {
        ArgumentNullException.ThrowIfNull(document);
        var report = new Report();
        var policy = Compile(document, report);
        return new CompileResult(policy, report.Errors(), report.Warnings());
    }

    internal static CompiledPolicy? Compile(SiteDocument document, Report report)
    {
        var site = new SiteIndex(document);
        SiteRules.Check(site, report);
        if (report.HasErrors)
            return null;
        var plan = new SitePlan(site);
        var drafts = new ConduitBuilder(plan, report).Build();
        ConduitRules.Check(plan, drafts, report);
        CallerOverlap.Check(plan, drafts, report);
        return report.HasErrors ? null : Assemble(plan, drafts);
    }

    private static CompiledPolicy Assemble(SitePlan plan, List<Draft> drafts)
    {
        drafts.Sort(Draft.Order);
        return new CompiledPolicy
        {
            Site = plan.Document.Site,
            SegmentRange = plan.Document.Segments,
            Links = plan.Links.Select(l => new CompiledLink(l.Name, l.Role, l.Interface, l.Socket, l.Address) { Vlan = l.Vlan }),
            Devices = plan.CompiledDevices,
            Peers = plan.Peers.Select(p => new CompiledPeer(p.Name, plan.Links.Rank(plan.Site.Links[p.Link]), p.Address)),
            Services = plan.CompiledServices,
            Callers = plan.Callers.Select(c => new CompiledCaller(c.Name, c.Fabric, c.Id, c.Group)),
            Grants = plan.Grants.Select(g => new CompiledGrant(g.Name, g.At.Line)),
            Conduits = [.. drafts.Select(d => d.Conduit)],
        };
    }
}
