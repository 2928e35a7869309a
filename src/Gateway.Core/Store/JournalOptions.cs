namespace Gateway.Core.Store;

/// <summary>What an append is for, when the disk is full.</summary>
public enum AppendUse
{
    /// <summary>Refused when the disk is full.</summary>
    Ordinary = 0,

    /// <summary>Says what was done or refused: may use up the reserve, so that a full disk does not blind the audit.</summary>
    Audit = 1,
}

/// <summary>How a journal is kept.</summary>
public sealed record JournalOptions
{
    /// <summary>Name of the journal, <c>state</c> or <c>records</c>; part of its first hash, so it never changes.</summary>
    public required string Name { get; init; }

    /// <summary>Where it lies; <see cref="DiskFolder"/> but in tests.</summary>
    public required IJournalFolder Folder { get; init; }

    /// <summary>Signs the head. A journal can only be opened with the key that it was made with.</summary>
    public required StoreKey Key { get; init; }

    /// <summary>Size at which a new segment is begun, in bytes.</summary>
    public int SegmentBytes { get; init; } = 4 << 20;

    /// <summary>Longest payload taken, in bytes; at most <see cref="JournalLimits.MaxPayloadBytes"/>, and a record must fit a segment.</summary>
    public int MaxPayloadBytes { get; init; } = JournalLimits.MaxPayloadBytes;

    /// <summary>Bound of all segments together, in bytes: the oldest segment is dropped whole when a new one is begun and they are more.
    /// Null: nothing is ever dropped.</summary>
    public long? MaxTotalBytes { get; init; }

    /// <summary>Room held back for <see cref="AppendUse.Audit"/>, in bytes; 0 for none.</summary>
    public int ReserveBytes { get; init; } = 16 << 20;

    /// <summary>Longest time between an append and a signed head that covers it.</summary>
    public TimeSpan AnchorInterval { get; init; } = TimeSpan.FromSeconds(5);

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <exception cref="ArgumentException">A value is out of its range; the message names it.</exception>
    internal void Validate()
    {
        if (Name is not { Length: > 0 and <= JournalLimits.MaxNameLength })
            throw new ArgumentException($"{nameof(Name)} is \"{Name}\"; it must have 1 to {JournalLimits.MaxNameLength} characters");
        Check(nameof(MaxPayloadBytes), MaxPayloadBytes, 1, JournalLimits.MaxPayloadBytes);
        Check(nameof(SegmentBytes), SegmentBytes, Math.Max(JournalLimits.MinSegmentBytes, LeastSegmentBytes), JournalLimits.MaxSegmentBytes);
        Check(nameof(ReserveBytes), ReserveBytes, 0, int.MaxValue);
        if (MaxTotalBytes is { } total)
            Check(nameof(MaxTotalBytes), total, 2L * SegmentBytes, long.MaxValue);
        if (AnchorInterval <= TimeSpan.Zero || AnchorInterval > TimeSpan.FromHours(1))
            throw new ArgumentException($"{nameof(AnchorInterval)} is {AnchorInterval}; it must be above 0 and at most 1 hour");
    }

    private int LeastSegmentBytes => SegmentFormat.HeaderBytes + RecordFormat.OverheadBytes + MaxPayloadBytes;

    private static void Check(string name, long value, long least, long most)
    {
        if (value < least || value > most)
            throw new ArgumentException(FormattableString.Invariant($"{name} is {value}; it must be {least} to {most}"));
    }
}
