using Gateway.Core.Api;
using Gateway.Core.Devices;
using Gateway.Core.Discovery;
using Gateway.Core.Net;
using Gateway.Core.Policy;
using Gateway.Core.Store.Views;
using Gateway.Service.Devices;
using Gateway.Service.Fabrics;
using Gateway.Service.Records;
using Gateway.Service.State;

namespace Gateway.Service.Views;

/// <summary>Makes what the API shows of devices and grants.</summary>
internal sealed class DeviceViews(
    StateStore state, SiteContext site, DeviceDiscovery discovery, DeviceWatch watch, ConnectionSet connections, RecordLog log, ViewStore view, TimeProvider time)
{
    private const int RefusedShown = 20;

    public IReadOnlyList<DeviceView> List(bool retired) =>
        [.. state.Current.Devices.Values.Where(d => retired || d.State != DeviceState.Retired).OrderBy(d => site.SocketOf(d.Link)).ThenBy(d => d.FoundAt).Select(Row)];

    public DeviceView Row(Device device)
    {
        var address = device.Binding?.Address ?? discovery.AddressOf(device);
        return new DeviceView(
            device.Id, device.Name, DeviceKinds.Label(device.Kind), ApiWords.Of(device.State), watch.IsOnline(device), site.SocketOf(device.Link),
            device.Mac.ToString(), address?.Address.ToString() ?? "", device.SegmentAddress.ToString(), Guess(device), device.StateSince);
    }

    /// <exception cref="RefusedException">There is no such device.</exception>
    public DeviceDetail Detail(string id)
    {
        if (!state.Current.Devices.TryGetValue(id, out var device))
            throw RefusedException.Missing("device", id);
        return new DeviceDetail(
            Row(device), device.Labels, device.Place, device.EquipmentNumber, device.Keeper, Binding(device.Binding), Suggested(device), Break(device),
            Evidence(device), Identity(device), Grants(device), Refused(device))
        {
            Isolation = Isolation(device),
        };
    }

    public IReadOnlyList<GrantView> Grants() => [.. state.Current.Grants.Select(g => Grant(g, ""))];

    private IsolationView Isolation(Device device)
    {
        var verdict = watch.IsolationOf(device);
        return new IsolationView(verdict.Grade == IsolationGrade.Unknown ? "unknown" : verdict.Grade.ToString(), verdict.Reasons);
    }

    private GuessView Guess(Device device)
    {
        var guess = discovery.GuessOf(device.Id);
        return new GuessView(DeviceKinds.Label(guess.Kind), guess.Confidence, [.. guess.Reasons.Select(r => new ReasonView(r.Key, r.Value))]);
    }

    private static BindingView? Binding(Binding? binding) => binding is null
        ? null
        : new BindingView(
            binding.Link, binding.Mac.ToString(), binding.Address.ToString(), binding.GatewayAddress.ToString(), binding.ApprovedBy, binding.ApprovedAt);

    private BindingView Suggested(Device device)
    {
        var seen = discovery.Of(device.Id);
        var address = device.Binding?.Address ?? BindingSuggestion.AddressOf(seen) ?? BindingSuggestion.GivenTo(seen, device.SegmentAddress);
        var gateway = device.Binding?.GatewayAddress ?? (address is { } own ? BindingSuggestion.GatewayOf(seen, own) : (Ipv4Address?)null);
        return new BindingView(device.Link, device.Mac.ToString(), address?.ToString() ?? "", gateway?.ToString() ?? "", "", null);
    }

    private BreakView? Break(Device device)
    {
        if (device.Break is not { } broke)
            return null;
        // What stands there now is a device of its own, and that one's address is what it was heard with.
        var successor = state.Current.Present.FirstOrDefault(d => d.Id != device.Id && d.Link == device.Link && d.Mac == broke.Mac);
        var address = !broke.Address.IsAny ? broke.Address : successor is null ? default : discovery.AddressOf(successor)?.Address ?? default;
        return new BreakView(broke.Mac.IsZero ? "" : broke.Mac.ToString(), address.IsAny ? "" : address.ToString(), broke.At, successor?.Id);
    }

    private List<EvidenceView> Evidence(Device device)
    {
        var seen = discovery.Of(device.Id);
        return [.. seen.Evidence.Where(e => e.Attribute != EvidenceAttribute.Presence).Select(e => new EvidenceView(
            ApiWords.Of(e.Attribute), e.Value, ApiWords.Of(e.Source), e.Confidence, e.FirstSeen, e.LastSeen, seen.IsDisputed(e)))];
    }

    private IdentityView? Identity(Device device)
    {
        var issued = state.Current.Identities.GetValueOrDefault(device.Id);
        var connection = connections.Of(device.Id);
        if (issued is null && connection is null)
            return null;
        var status = connection?.Status;
        return new IdentityView(
            issued?.SpiffeId ?? "", issued?.Fingerprint ?? "", status?.CertificateNotAfter ?? issued?.NotAfter ?? default,
            status is null ? "stopped" : ApiWords.Of(status.State), status?.Reason ?? "", connection?.Metrics?.FlowsOpen ?? 0);
    }

    private List<GrantView> Grants(Device device) =>
        [.. state.Current.Grants.Select(g => (Grant: g, In: Concerns(g.To, device), Out: Concerns(g.From, device)))
            .Where(g => g.In || g.Out).Select(g => Grant(g.Grant, g.In ? "in" : "out"))];

    private static bool Concerns(Selector selector, Device device) => selector.Kind == EntityKind.Device
        && (selector.ByLabels ? LabelSet.Matches(device.Labels, selector.Labels) : selector.Name == device.Name);

    private GrantView Grant(GrantSpec grant, string direction) => new(
        grant.Name, SelectorText.Of(grant.From), SelectorText.Of(grant.To), Allowed(grant), direction, grant.Comment, LastUse(grant.Name));

    /// <summary>A grant to a service names no port: the service has one.</summary>
    private IReadOnlyList<string> Allowed(GrantSpec grant) => grant.To.Kind == EntityKind.Service
        ? [.. state.Current.Services.Where(s => s.Name == grant.To.Name).Select(s => s.Port.ToString())]
        : [.. grant.Allow.Select(SelectorText.Of)];

    private DateTimeOffset? LastUse(string grant)
    {
        try
        {
            return view.Counters(DeviceWatch.GrantUse).Get(grant)?.LastAt;
        }
        catch (ViewUnavailableException)
        {
            return null;
        }
    }

    private List<LogEntryView> Refused(Device device)
    {
        try
        {
            var since = time.GetUtcNow() - TimeSpan.FromHours(24);
            return [.. new[] { LogKinds.FlowRefused, LogKinds.OperationRefused }
                .SelectMany(kind => log.Query(new LogQuery { Kind = kind, DeviceId = device.Id, PageSize = RefusedShown }).Entries)
                .Where(e => e.At >= since).OrderByDescending(e => e.Sequence).Take(RefusedShown)];
        }
        catch (ViewUnavailableException)
        {
            return [];
        }
    }
}
