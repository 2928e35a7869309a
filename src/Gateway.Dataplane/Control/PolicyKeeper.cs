using Gateway.Core.Policy;
using Gateway.Dataplane.Filter;
using Gateway.Dataplane.Pipeline;

namespace Gateway.Dataplane.Control;

/// <summary>Takes policies into force and keeps the last good one on disk, so that a start without the service enforces what was last
/// decided. Used by one thread at a time.</summary>
internal sealed class PolicyKeeper(PacketLoop loop, EntitySlots slots, string? stateFolder)
{
    /// <summary>Policies whose names can still be looked up for records that are on their way.</summary>
    private const int RememberedImages = 16;

    private const string FileName = "last-good.policy";

    private readonly Lock _lock = new();
    private readonly Queue<PolicyImage> _images = new();

    public PolicyImage Current { get; private set; } = null!;

    /// <summary>Reads the last good policy.</summary>
    /// <param name="stateFolder">Folder that keeps it; null for none.</param>
    /// <param name="problem">Why it cannot be used, when there is one that cannot; empty otherwise.</param>
    /// <returns>The blob; null when there is none to use.</returns>
    public static CompiledPolicy? LoadLastGood(string? stateFolder, out string problem)
    {
        problem = "";
        var path = stateFolder is null ? null : Path.Combine(stateFolder, FileName);
        if (path is null || !File.Exists(path))
            return null;
        try
        {
            return PolicyBlob.Read(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            problem = $"{path}: {e.Message}";
            return null;
        }
    }

    /// <summary>Puts a policy in force before the loop runs.</summary>
    public void Begin(CompiledPolicy policy, ulong version)
    {
        var image = Prepare(policy, version);
        loop.Pipeline.Enter(image, loop.Box.NeighborsFor(policy));
    }

    /// <summary>Puts a policy in force between two batches, then keeps it on disk.</summary>
    /// <returns>Why not; null when it is in force.</returns>
    public async Task<string?> InstallAsync(ReadOnlyMemory<byte> blob, ulong version)
    {
        CompiledPolicy policy;
        try
        {
            policy = PolicyBlob.Read(blob.Span);
        }
        catch (InvalidDataException e)
        {
            return e.Message;
        }
        if (!policy.Links.SequenceEqual(Current.Policy.Links))
            return "the policy names other links than this dataplane was started with; restart it with the new site file";
        PolicyImage image;
        try
        {
            image = Prepare(policy, version);
        }
        catch (InvalidOperationException e)
        {
            return e.Message;
        }
        var enter = new EnterPolicy(image, loop.Box.NeighborsFor(policy));
        loop.Post(enter);
        await enter.Done.ConfigureAwait(false);
        return Keep(blob.Span);
    }

    /// <summary>The policy a record speaks of; the current one when it is too old.</summary>
    public PolicyImage ImageOf(ulong version)
    {
        lock (_lock)
            return _images.FirstOrDefault(i => i.Version == version) ?? Current;
    }

    private PolicyImage Prepare(CompiledPolicy policy, ulong version)
    {
        var image = new PolicyImage(policy, version, PolicyBlob.Hash(PolicyBlob.Write(policy)), slots);
        loop.Box.Prepare(image);
        lock (_lock)
        {
            _images.Enqueue(image);
            if (_images.Count > RememberedImages)
                _images.Dequeue();
        }
        Current = image;
        return image;
    }

    private string? Keep(ReadOnlySpan<byte> blob)
    {
        if (stateFolder is null)
            return null;
        try
        {
            var path = Path.Combine(stateFolder, FileName);
            using (var file = new FileStream(path + ".new", FileMode.Create, FileAccess.Write, FileShare.None))
            {
                file.Write(blob);
                file.Flush(flushToDisk: true);
            }
            File.Move(path + ".new", path, overwrite: true);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"the policy is in force, but cannot be kept for the next start: {e.Message}";
        }
    }
}
