namespace Gateway.Core.Store.Views;

/// <summary>A journal that a view follows.</summary>
/// <param name="Name">Name, unique in the view.</param>
/// <param name="Journal">The journal.</param>
/// <param name="Project">Says what a record changes in the view. Must depend on the record alone, so that a view made again is the same.
/// When it throws, the record is skipped and counted.</param>
/// <param name="FeedsLog">Whether the log of the view comes from this journal: then lines of dropped records go too. One source at most.</param>
public sealed record ViewSource(string Name, Journal Journal, Action<JournalRecord, IViewBatch> Project, bool FeedsLog);

/// <summary>How a view is kept.</summary>
public sealed record ViewOptions
{
    /// <summary>Where it lies; used by this process only.</summary>
    public required IJournalFolder Folder { get; init; }

    /// <summary>Name of its file; others begin with it.</summary>
    public string Name { get; init; } = "view.db";

    /// <summary>Signs the closed file.</summary>
    public required StoreKey Key { get; init; }

    /// <summary>Version of what the projections write: another one makes the view again.</summary>
    public required int FormatVersion { get; init; }

    public required IReadOnlyList<ViewSource> Sources { get; init; }

    public IReadOnlyList<IViewSet> Sets { get; init; } = [];

    /// <summary>Called first when the view is made again, on its thread, to put in what the caller has from elsewhere.</summary>
    public Action<IViewBatch>? Refill { get; init; }

    /// <summary>Size cap of the file, in bytes; beyond it the view is made again without the older half of its log.</summary>
    public long MaxBytes { get; init; } = 256L << 20;

    /// <summary>Room on the disk that the view leaves to others, in bytes: with less, it gives up its own. More than the reserves of the journals
    /// on the same disk together, or the view would take what a journal released for audit records.</summary>
    public long KeepFreeBytes { get; init; } = 48L << 20;

    /// <summary>Pause between two transactions, so that a busy journal costs few writes of the view (flash wear).</summary>
    public TimeSpan RoundPause { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Pause after the view could not be made, before it is tried again.</summary>
    public TimeSpan RetryPause { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Names the present boot of the machine. A view that was open in another boot is not trusted: its pages have no checksum.</summary>
    public Func<string> BootId { get; init; } = ViewSeal.ReadBootId;
}

/// <summary>Whether a view can be read.</summary>
public enum ViewCondition
{
    /// <summary>Being made from the journals; reads give what is there so far.</summary>
    Rebuilding = 0,
    Ready = 1,

    /// <summary>Cannot be written; tried again after a pause. Reads say so.</summary>
    Failed = 2,
}

/// <param name="Condition">Whether it can be read.</param>
/// <param name="Reason">Why it was made again or failed last; empty when it never was.</param>
/// <param name="Rebuilds">How often it was made again since opening.</param>
/// <param name="RefusedChanges">Changes refused because too many waited, or a set was full.</param>
/// <param name="SkippedRecords">Records and changes whose projection threw.</param>
/// <param name="CutTexts">Texts of log entries that were cut.</param>
/// <param name="LogFloor">Log lines below this sequence are not in the view.</param>
public sealed record ViewStatus(
    ViewCondition Condition, string Reason, int Rebuilds, long RefusedChanges, long SkippedRecords, long CutTexts, long LogFloor);
