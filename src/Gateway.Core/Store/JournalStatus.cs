using System.Collections.Immutable;

namespace Gateway.Core.Store;

/// <summary>Whether a journal takes appends.</summary>
public enum JournalCondition
{
    Ok = 0,

    /// <summary>No room: ordinary appends are refused; audit goes on while the reserve lasts.</summary>
    Full = 1,

    /// <summary>Stopped for good; see <see cref="Journal.Failure"/>.</summary>
    Failed = 2,
}

/// <summary>What opening found and did.</summary>
/// <param name="Records">Records read and verified.</param>
/// <param name="Torn">What was cut off the end, none of it acknowledged; null when nothing was.</param>
/// <param name="Leftovers">Dropped segments whose files were still there.</param>
public sealed record JournalRecovery(long Records, TornTail? Torn, int Leftovers);

/// <param name="Appended">Records acknowledged since opening.</param>
/// <param name="Groups">Writes and fsyncs that took.</param>
/// <param name="RefusedFull">Appends refused because the disk was full.</param>
/// <param name="RefusedBusy">Appends refused because too many waited.</param>
/// <param name="Dropped">Records dropped since the journal was made, to keep it within its bound.</param>
/// <param name="StoredBytes">Bytes in all segments.</param>
public sealed record JournalCounters(long Appended, long Groups, long RefusedFull, long RefusedBusy, long Dropped, long StoredBytes);

/// <summary>What readers may see: swapped in whole after each fsync.</summary>
/// <param name="Before">Position before the first record kept.</param>
/// <param name="Head">Last acknowledged record.</param>
/// <param name="Segments">Segments in order; the length of the last one grows and stands in <paramref name="LastLengthBytes"/>.</param>
/// <param name="LastLengthBytes">Acknowledged bytes of the last segment.</param>
internal sealed record JournalExtent(JournalPosition Before, JournalPosition Head, ImmutableArray<Segment> Segments, long LastLengthBytes)
{
    public static JournalExtent Of(JournalWriter writer, JournalExtent? last)
    {
        var isSame = last is not null && last.Segments.Length == writer.Segments.Count && last.Segments[^1].First == writer.Segments[^1].First
            && last.Segments[0].First == writer.Segments[0].First;
        return new JournalExtent(
            writer.Before, writer.Last, isSame ? last!.Segments : [.. writer.Segments], writer.Segments[^1].LengthBytes);
    }

    public long TotalBytes => Segments.Take(Segments.Length - 1).Sum(segment => segment.LengthBytes) + LastLengthBytes;

    /// <summary>Index of the segment that holds the record, or would.</summary>
    public int IndexOf(long sequence)
    {
        var index = Segments.Length - 1;
        while (index > 0 && Segments[index].First > sequence)
            index--;
        return index;
    }

    public long LengthBytes(int index) => index == Segments.Length - 1 ? LastLengthBytes : Segments[index].LengthBytes;
}
