using Gateway.Core.Discovery;
using Gateway.Core.Net;

namespace Gateway.Dataplane.Observers;

/// <summary>Makes the observations of one frame: who sent it, when and where is the same for all of them.</summary>
internal ref struct ObservationWriter(in ObservedFrame frame, MacAddress mac, Action<Observation> sink)
{
    /// <summary>Observations of one frame. An announcement of a talkative printer has about a dozen; more is noise or malice.</summary>
    public const int MaxPerFrame = 32;

    private readonly DateTimeOffset _at = frame.At;
    private readonly string _link = frame.Link;
    private readonly Action<Observation> _sink = sink;
    private int _count;

    /// <summary>Hardware address of the sender.</summary>
    public MacAddress Mac { get; } = mac;

    /// <summary>Observations beyond <see cref="MaxPerFrame"/>, which were left out.</summary>
    public readonly int Omitted => Math.Max(0, _count - MaxPerFrame);

    /// <summary>Tells text that the device sent; nothing where nothing is left of it after cleaning.</summary>
    public void Tell(ObservationSource source, EvidenceAttribute attribute, scoped ReadOnlySpan<byte> utf8)
    {
        var text = ObservedText.Read(utf8);
        if (text.Length > 0)
            Tell(source, attribute, text);
    }

    /// <summary>Tells an address, if it is one that a host can own.</summary>
    public void Tell(ObservationSource source, EvidenceAttribute attribute, Ipv4Address address)
    {
        if (address.IsUnicast)
            Tell(source, attribute, address.ToString());
    }

    /// <summary>Tells a value made here: within the bound and without control characters.</summary>
    public void Tell(ObservationSource source, EvidenceAttribute attribute, string value)
    {
        if (++_count <= MaxPerFrame)
            _sink(new Observation(_at, _link, Mac, source, attribute, value));
    }
}
