namespace Gateway.Dataplane.Links;

/// <summary>An interface in use: its ring and its send batch.</summary>
internal sealed class AttachedLink(ReceiveRing ring, TransmitBatch output) : IDisposable
{
    public ReceiveRing Ring { get; } = ring;

    public TransmitBatch Out { get; } = output;

    /// <exception cref="IOException">The interface or a right is missing.</exception>
    public static AttachedLink Open(string interfaceName, bool shared)
    {
        var ring = ReceiveRing.Open(interfaceName, shared ? LinkLimits.SharedLinkBlocks : LinkLimits.DownlinkBlocks);
        try
        {
            return new AttachedLink(ring, TransmitBatch.Open(interfaceName));
        }
        catch
        {
            ring.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Ring.Dispose();
        Out.Dispose();
    }
}
