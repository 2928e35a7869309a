using Gateway.Core.Discovery;
using Gateway.Dataplane.Wire;

namespace Gateway.Dataplane.Observers;

/// <summary>Reads copies of frames for what they show about the device that sent them. Passive: it refuses nothing and answers nothing.
/// Runs beside the packet loop, on one thread.</summary>
/// <remarks>Transport checksums are not verified: between virtual links they are often not there yet, and what is observed is
/// evidence, not proof.</remarks>
public sealed class FrameObserver
{
    /// <summary>Frames given.</summary>
    public long Frames { get; private set; }

    /// <summary>Frames that show nothing, because a header or message in them is malformed.</summary>
    public long Malformed { get; private set; }

    /// <summary>Frames whose source is a group address or zero, so that they show no device.</summary>
    public long IllegalSources { get; private set; }

    /// <summary>Observations left out because one frame had too many.</summary>
    public long Omitted { get; private set; }

    /// <summary>Tells everything the frame shows, repeated or not; <see cref="DuplicateSuppressor"/> is the next step.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="sink">Called once for each observation, before this method returns.</param>
    public void Observe(in ObservedFrame frame, Action<Observation> sink)
    {
        Frames++;
        if (!EthernetView.TryParse(frame.Bytes, out var ethernet))
        {
            Malformed++;
            return;
        }
        if (ethernet.Source.IsMulticast || ethernet.Source.IsZero)
        {
            IllegalSources++;
            return;
        }
        var writer = new ObservationWriter(frame, ethernet.Source, sink);
        writer.Tell(ObservationSource.Ethernet, EvidenceAttribute.Presence, "");
        // In another VLAN the same addresses mean other hosts: that somebody speaks there is all that can be said.
        if (frame.Vlan == 0 && !TryReadPayload(ethernet, ref writer))
            Malformed++;
        Omitted += writer.Omitted;
    }

    private static bool TryReadPayload(EthernetView ethernet, ref ObservationWriter writer) => ethernet.Type switch
    {
        Ethertype.Arp => ArpObserver.TryObserve(ethernet.Payload, ref writer),
        Ethertype.Ipv4 => Ipv4Observer.TryObserve(ethernet.Payload, ref writer),
        Ethertype.Lldp => LldpObserver.TryObserve(ethernet.Payload, ref writer),
        _ => true,
    };
}
