using Gateway.Core.Store;
using Gateway.Service.Dataplane;
using Gateway.Service.Devices;
using Gateway.Service.Records;
using Gateway.Service.State;

namespace Gateway.Service.Hosting;

/// <summary>Whether the service does its work, not only whether it runs: decisions and log lines get stored, what the dataplane tells is
/// taken, policies get installed. What a restart cannot heal (full disk, dataplane away, fabric away) is no fault of it.</summary>
internal sealed class Liveness(
    StateStore state, RecordLog log, DeviceWatch watch, DeviceDiscovery discovery, PolicyInstaller installer, DataplaneClient dataplane, ServiceParts parts)
{
    /// <summary>What hangs or has ended; null when all is alive.</summary>
    public string? Fault()
    {
        if (state.Journal?.Condition == JournalCondition.Failed || log.Journal.Condition == JournalCondition.Failed)
            return "a journal has stopped";
        if (state.Pulse.HasStopped(parts.HangLimit) || log.Pulse.HasStopped(parts.HangLimit))
            return "a journal takes nothing";
        if (watch.Pulse.HasStopped(parts.HangLimit) || discovery.Pulse.HasStopped(parts.HangLimit))
            return "what the dataplane tells is not taken";
        if (installer.Pulse.HasStopped(parts.HangLimit))
            return "a policy is not installed";
        return new BackgroundService[] { dataplane, watch, discovery, installer }.FirstOrDefault(s => s.ExecuteTask is { IsCompleted: true }) is { } ended
            ? $"{ended.GetType().Name} has ended"
            : null;
    }
}
