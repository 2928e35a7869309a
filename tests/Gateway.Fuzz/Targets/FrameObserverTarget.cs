using Gateway.Core.Discovery;
using Gateway.Dataplane.Observers;
using Gateway.Dataplane.Wire;

namespace Gateway.Fuzz.Targets;

internal static class FrameObserverTarget
{
    private static readonly DateTimeOffset At = DateTimeOffset.UnixEpoch;
    private static readonly FrameObserver Observer = new();
    private static int _told;

    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        Observe(data);
        Span<byte> copy = stackalloc byte[Math.Min(data.Length, Mutator.MaxSampleBytes)];
        data[..copy.Length].CopyTo(copy);
        if (copy.Length > EthernetView.HeaderBytes)
            Ipv4Target.MendChecksum(copy[EthernetView.HeaderBytes..]);
        Observe(copy);
    }

    private static void Observe(ReadOnlySpan<byte> bytes)
    {
        _told = 0;
        Observer.Observe(new ObservedFrame { At = At, Link = "socket-1", Bytes = bytes }, Check);
        Promise.Keep(_told <= ObservationWriter.MaxPerFrame, "one frame tells a bounded number of things");
    }

    private static void Check(Observation observation)
    {
        _told++;
        Promise.Keep(observation.Value.Length <= Observation.MaxValueLength, "a value is bounded");
        Promise.Keep(!observation.Value.Any(char.IsControl), "a value has no control characters");
        Promise.Keep(observation.Mac is { IsMulticast: false, IsZero: false }, "a source is one device");
        Promise.Keep(
            observation.Value.Length > 0 || observation.Attribute == EvidenceAttribute.Presence,
            "only presence has no value");
    }
}
