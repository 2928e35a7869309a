namespace Gateway.Core.Store.Views;

/// <summary>Bounds of a view, each with its reason. Lengths are in characters unless the name says bytes.</summary>
public static class ViewLimits
{
    /// <summary>Keys stand in an index, whose entries LiteDB bounds to 1,023 bytes; 256 characters have at most 768.</summary>
    public const int MaxKeyLength = 256;

    /// <summary>Longest text of a log entry: the longest value a device can send in is 255.</summary>
    public const int MaxTextLength = 1024;

    /// <summary>Most values of a log entry.</summary>
    public const int MaxValues = 32;

    /// <summary>Longest document, as JSON: evidence of one source is below 4 KiB.</summary>
    public const int MaxDocumentBytes = 64 * 1024;

    /// <summary>Most documents, or counters, of one set: 16 for each of 4,096 devices. More are refused and counted.</summary>
    public const int MaxDocuments = 65_536;

    /// <summary>Most documents one read gives.</summary>
    public const int MaxDocumentsRead = 1000;

    /// <summary>Most log entries one query looks at: with the others waiting, a query stays below a second.</summary>
    public const int MaxEntriesScanned = 10_000;

    /// <summary>Most changes that wait for the view's thread. More are refused and counted.</summary>
    public const int MaxWaiting = 4096;

    /// <summary>Most journal records, and most waiting changes, in one transaction: readers wait for one at most.</summary>
    public const int MaxRecordsPerRound = 256;

    /// <summary>Log of LiteDB at which it is folded into its file.</summary>
    public const long CheckpointBytes = 1 << 20;
}
