namespace Gateway.Dataplane.Links;

/// <summary>An interface in use: its ring and its send batch.</summary>
internal sealed class AttachedLink(ReceiveRing ring, TransmitBatch output) : IDisposable
{
    public ReceiveRing Ring { get; } = ring;

    public TransmitBatch Out { get; } = output;

    /// <summary>The forwarding program on the interface; null where every frame goes through the loop.</summary>
    public IDisposable? FastPath { get; set; }

    /// <summary>Kernel number of the interface, where it has one; else 0.</summary>
    public int FastPathInterface { get; set; }

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
        // The ring first: with its socket goes the program that decides, so nothing is forwarded any more.
        Ring.Dispose();
        FastPath?.Dispose();
        Out.Dispose();
    }
}
