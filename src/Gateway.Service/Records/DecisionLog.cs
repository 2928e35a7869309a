using Gateway.Core.Api;
using Gateway.Core.Devices;
using Gateway.Core.State;
using Gateway.Service.State;

namespace Gateway.Service.Records;

/// <summary>Writes a line of the log for each decision. The decision itself stands in the state journal; this is for those who read.</summary>
internal sealed class DecisionLog(StateStore state, SiteContext site, RecordLog log) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        state.Applied += Tell;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        state.Applied -= Tell;
        return Task.CompletedTask;
    }

    public void Tell(GatewayState now, StateEntry entry)
    {
        switch (entry)
        {
            case SiteImported e:
                Add(e, LogKinds.SiteImported, LogSeverities.Info, null, ("devices", Text(e.Devices.Length)), ("grants", Text(e.Grants.Length)));
                break;
            case DeviceFound e:
                Add(e, LogKinds.DeviceFound, LogSeverities.Notice, now.Devices[e.DeviceId], ("mac", e.Mac.ToString()), ("link", e.Link), ("socket", Text(site.SocketOf(e.Link))));
                break;
            case DeviceNamed e:
                Add(e, LogKinds.DeviceNamed, LogSeverities.Info, now.Devices[e.DeviceId], ("name", e.Name), ("kind", DeviceKinds.Label(e.Kind)));
                break;
            case DeviceApproved e:
                Add(e, LogKinds.DeviceApproved, LogSeverities.Notice, now.Devices[e.DeviceId],
                    ("name", now.Devices[e.DeviceId].Name), ("address", e.Binding.Address.ToString()), ("fabric", e.Fabric));
                TellGrants(now, e, e.Addition);
                break;
            case GrantsAdded e:
                TellGrants(now, e, e.Addition);
                break;
            case GrantRemoved e:
                Add(e, LogKinds.GrantRemoved, LogSeverities.Notice, null, ("grant", e.Grant));
                break;
            case IdentityIssued e:
                Add(e, LogKinds.IdentityIssued, LogSeverities.Info, now.Devices[e.DeviceId], ("spiffeId", e.Identity.SpiffeId),
                    ("notAfter", e.Identity.NotAfter.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm'Z'", System.Globalization.CultureInfo.InvariantCulture)),
                    ("fingerprint", e.Identity.Fingerprint));
                break;
            default:
                TellStep(now, entry);
                break;
        }
    }

    private void TellStep(GatewayState now, StateEntry entry)
    {
        switch (entry)
        {
            case DeviceBindingBroke e:
                Add(e, LogKinds.DeviceChanged, LogSeverities.Alarm, now.Devices[e.DeviceId],
                    ("seenMac", e.Break.Mac.IsZero ? "" : e.Break.Mac.ToString()), ("seenAddress", e.Break.Address.IsAny ? "" : e.Break.Address.ToString()));
                break;
            case DeviceBindingConfirmed e:
                Add(e, LogKinds.DeviceConfirmed, LogSeverities.Notice, now.Devices[e.DeviceId], ("mac", e.Binding.Mac.ToString()), ("address", e.Binding.Address.ToString()));
                break;
            case DeviceCutOff e:
                Add(e, LogKinds.DeviceCutOff, LogSeverities.Alarm, now.Devices[e.DeviceId]);
                break;
            case DeviceRestored e:
                Add(e, LogKinds.DeviceRestored, LogSeverities.Notice, now.Devices[e.DeviceId]);
                break;
            case DeviceRetired e:
                Add(e, LogKinds.DeviceRetired, LogSeverities.Notice, now.Devices[e.DeviceId]);
                break;
            case IdentityDestroyed e:
                Add(e, LogKinds.IdentityDestroyed, LogSeverities.Notice, now.Devices[e.DeviceId]);
                break;
        }
    }

    private void TellGrants(GatewayState now, StateEntry entry, PolicyAddition addition)
    {
        foreach (var grant in addition.Grants)
        {
            var device = now.DeviceByName(grant.To.Name) ?? now.DeviceByName(grant.From.Name);
            Add(entry, LogKinds.GrantAdded, LogSeverities.Notice, device, ("grant", grant.Name));
        }
    }

    private void Add(StateEntry entry, string kind, string severity, Device? device, params (string Name, string Value)[] values) => log.Add(
        kind, severity, entry.By, device?.Id, device?.Name ?? "", values.Where(v => v.Value.Length > 0).ToDictionary(v => v.Name, v => v.Value), entry.At);

    private static string Text(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
