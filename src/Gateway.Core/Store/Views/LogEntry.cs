namespace Gateway.Core.Store.Views;

/// <summary>One line of the log as the view keeps it.</summary>
/// <param name="Sequence">Record of the journal it was made from; the order of the log.</param>
/// <param name="At">When; kept in UTC.</param>
/// <param name="Kind">What happened, kebab-case.</param>
/// <param name="Severity"><c>info</c>, <c>notice</c> or <c>alarm</c>.</param>
/// <param name="Actor">Who did it.</param>
/// <param name="DeviceId">Device it concerns; null when none.</param>
/// <param name="DeviceName">Its name then; empty when none.</param>
/// <param name="Values">Values for the text, by name.</param>
public sealed record LogEntry(
    long Sequence, DateTimeOffset At, string Kind, string Severity, string Actor, string? DeviceId, string DeviceName,
    IReadOnlyDictionary<string, string> Values);

/// <summary>What to look for; null means any. All given ones must hold, exactly, upper and lower case told apart.</summary>
public sealed record LogQuery
{
    /// <summary>Most entries a page may have.</summary>
    public const int MaxPageSize = 200;

    /// <summary>Cursor: only entries with a smaller sequence; null from the newest on.</summary>
    public long? Before { get; init; }

    /// <summary>Entries wanted, 1 to <see cref="MaxPageSize"/>.</summary>
    public int PageSize { get; init; } = 50;

    public string? Kind { get; init; }

    public string? Severity { get; init; }

    public string? Actor { get; init; }

    public string? DeviceId { get; init; }

    /// <summary>Name and text that one of the values must have.</summary>
    public KeyValuePair<string, string>? Value { get; init; }
}

/// <param name="Entries">Newest first.</param>
/// <param name="Next">Cursor for older ones; null at the end. A page may be short, even empty, before the end: one query looks at a bounded
/// number of entries.</param>
public sealed record LogSlice(IReadOnlyList<LogEntry> Entries, long? Next);
