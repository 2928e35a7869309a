using Gateway.Core.Discovery;
using Gateway.Dataplane.Wire;

namespace Gateway.Dataplane.Observers;

/// <summary>Reads which address a device claims and which it looks for.</summary>
internal static class ArpObserver
{
    /// <returns>False for a malformed message.</returns>
    public static bool TryObserve(ReadOnlySpan<byte> payload, ref ObservationWriter writer)
    {
        if (!ArpView.TryParse(payload, out var arp, out _))
            return false;
        // A claim in another name, or a probe, which asks for the sender's own future address, says nothing that holds.
        if (arp.SenderMac != writer.Mac || arp.IsProbe)
            return true;
        writer.Tell(ObservationSource.Arp, EvidenceAttribute.Address, arp.SenderAddress);
        if (arp.Operation == ArpOperation.Request && !arp.IsAnnouncement)
            writer.Tell(ObservationSource.Arp, EvidenceAttribute.AsksFor, arp.TargetAddress);
        return true;
    }
}
