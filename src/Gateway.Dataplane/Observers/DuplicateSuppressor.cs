using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Gateway.Core.Discovery;

namespace Gateway.Dataplane.Observers;

/// <summary>Lets each observation through once, and again only after an interval. Each link has a table of its own, so a device that
/// makes up ever new values uses up its own room and no one else's. One thread.</summary>
/// <param name="time">Clock; only differences count.</param>
/// <param name="interval">How long an equal observation is held back.</param>
public sealed class DuplicateSuppressor(TimeProvider time, TimeSpan interval)
{
    /// <summary>Different observations of one link within an interval. A talkative device makes about fifty.</summary>
    public const int MaxPerLink = 256;

    /// <summary>Different hardware addresses of one link within an interval, kept apart so that a flood of other observations cannot
    /// hide that a stranger was plugged in. A link has one device; an unmanaged switch behind it a few dozen.</summary>
    public const int MaxPresencesPerLink = 64;

    /// <summary>Links that are told apart: names come from the policy, and a box has fewer.</summary>
    public const int MaxLinks = 1024;

    private readonly Dictionary<string, LinkTable> _links = [];

    /// <summary>Held back because the same was let through within the interval.</summary>
    public long Repeated { get; private set; }

    /// <summary>Held back because the table of its link was full.</summary>
    public long Overflowed { get; private set; }

    /// <summary>Whether to pass this observation on.</summary>
    public bool Admits(Observation observation)
    {
        if (!_links.TryGetValue(observation.Link, out var table))
        {
            if (_links.Count >= MaxLinks)
                return Overflow();
            _links[observation.Link] = table = new LinkTable();
        }
        var (entries, bound) = observation.Attribute == EvidenceAttribute.Presence
            ? (table.Presences, MaxPresencesPerLink)
            : (table.Others, MaxPerLink);
        var key = Key(observation);
        var now = time.GetTimestamp();
        if (entries.TryGetValue(key, out var since) && time.GetElapsedTime(since, now) < interval)
        {
            Repeated++;
            return false;
        }
        if (entries.Count >= bound && !entries.ContainsKey(key) && !Sweep(entries, now))
            return Overflow();
        entries[key] = now;
        return true;
    }

    private bool Overflow()
    {
        Overflowed++;
        return false;
    }

    /// <summary>Forgets what has lapsed.</summary>
    /// <returns>Whether there is room now.</returns>
    private bool Sweep(Dictionary<UInt128, long> entries, long now)
    {
        var before = entries.Count;
        foreach (var (key, since) in entries)
        {
            if (time.GetElapsedTime(since, now) >= interval)
                entries.Remove(key);
        }
        return entries.Count < before;
    }

    /// <summary>A hash instead of the value: 16 bytes however long it is, and no device can find two values with the same one.</summary>
    private static UInt128 Key(Observation observation)
    {
        const int headBytes = sizeof(ulong) + 2;
        Span<byte> bytes = stackalloc byte[headBytes + (Observation.MaxValueLength * sizeof(char))];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, observation.Mac.Value);
        bytes[sizeof(ulong)] = (byte)observation.Source;
        bytes[sizeof(ulong) + 1] = (byte)observation.Attribute;
        var value = MemoryMarshal.AsBytes(observation.Value.AsSpan(0, Math.Min(observation.Value.Length, Observation.MaxValueLength)));
        value.CopyTo(bytes[headBytes..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[..(headBytes + value.Length)], hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }

    private sealed class LinkTable
    {
        public Dictionary<UInt128, long> Presences { get; } = [];

        public Dictionary<UInt128, long> Others { get; } = [];
    }
}
