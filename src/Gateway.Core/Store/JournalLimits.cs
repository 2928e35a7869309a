namespace Gateway.Core.Store;

/// <summary>Bounds of the store, each with its reason.</summary>
public static class JournalLimits
{
    /// <summary>Longest payload, in bytes. The longest entry is a site document; one with 4,096 devices has about 600 KiB.</summary>
    public const int MaxPayloadBytes = 1 << 20;

    /// <summary>Most records in one write: enough to share an fsync among all callers there are, few enough to stay one short write.</summary>
    public const int MaxGroupRecords = 1024;

    /// <summary>Most bytes in one write, but one record always goes.</summary>
    public const int MaxGroupBytes = 1 << 20;

    /// <summary>Most appends that wait for the writer. Each caller waits for its own, so more than this means callers that do not wait.</summary>
    public const int MaxWaiting = 4096;

    /// <summary>Most payload bytes that wait for the writer.</summary>
    public const int MaxWaitingBytes = 16 << 20;

    /// <summary>Smallest segment that may be asked for: a header and a few records.</summary>
    public const int MinSegmentBytes = 1024;

    /// <summary>Largest segment: what is left of a damaged one is read into memory to judge it.</summary>
    public const int MaxSegmentBytes = 64 << 20;

    /// <summary>Largest snapshot: it is read into memory whole.</summary>
    public const int MaxSnapshotBytes = 64 << 20;

    /// <summary>Longest name of a journal, in characters.</summary>
    public const int MaxNameLength = 64;
}
