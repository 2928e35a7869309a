using Gateway.Core.Store;
using Gateway.Corridor.Client;

namespace Gateway.Service.Hosting;

/// <summary>What the service stands on, so that a test can put something else in its place.</summary>
/// <param name="Time">Clock.</param>
/// <param name="OpenFolder">Opens a folder of the disk by its path.</param>
/// <param name="Corridor">Times and bounds towards corridors.</param>
internal sealed record ServiceParts(TimeProvider Time, Func<string, IJournalFolder> OpenFolder, CorridorClientOptions Corridor)
{
    /// <summary>How long work of the service may wait before it counts as hung: longer than a loaded disk takes to sync, or the dataplane
    /// to answer.</summary>
    public TimeSpan HangLimit { get; init; } = TimeSpan.FromSeconds(15);

    public static ServiceParts Default { get; } = new(TimeProvider.System, DiskFolder.Open, CorridorClientOptions.Default);
}
