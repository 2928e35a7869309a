namespace Gateway.Core.Store.Views;

/// <summary>A file as LiteDB sees it. It never throws for what the disk says, because LiteDB 5.0.20 cannot bear it: its writer thread dies and
/// leaves others waiting for ever, and transactions that were open end the whole process from a finalizer (litedb-org/LiteDB#2828). An error
/// is kept instead, and whoever owns the file looks for it after each step; until then what could not be written is kept in memory, so that
/// LiteDB reads back what it wrote. Nor does it sync: a view that was open when the power went is not trusted anyway, and a sync for each of
/// LiteDB's writes would wear the flash out.</summary>
internal sealed class LiteStream(IJournalFile file) : Stream
{
    private readonly Lock _gate = new();

    // By position; LiteDB reads and writes whole pages. As many as one transaction has, since the owner looks after each.
    private readonly Dictionary<long, byte[]> _unwritten = [];
    private bool _isClosed;

    /// <summary>First error of the disk; null while there was none.</summary>
    public Exception? Failure { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => true;

    public override long Length => Try(() => file.LengthBytes);

    public override long Position { get; set; }

    public override void Flush()
    {
        // On purpose nothing, see above.
    }

    /// <summary>Fills what it can and the rest with zeros: LiteDB does not look at how much it got.</summary>
    public override int Read(byte[] buffer, int offset, int count)
    {
        var to = buffer.AsMemory(offset, count);
        var filled = _unwritten.TryGetValue(Position, out var page) ? Copy(page, to.Span) : Try(() => Fill(to.Span));
        to.Span[filled..].Clear();
        Position += count;
        return count;
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        var from = buffer.AsMemory(offset, count);
        if (Failure is null)
        {
            Try(() =>
            {
                file.Write(Position, from.Span);
                return 0;
            });
        }
        if (Failure is not null)
            _unwritten[Position] = from.ToArray();
        Position += count;
    }

    public override void SetLength(long value)
    {
        if (Failure is not null)
            return;
        Try(() =>
        {
            file.Truncate(value);
            return 0;
        });
    }

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => Position + offset,
        _ => Length + offset,
    };

    /// <summary>Closes the file. What LiteDB still asks for is ignored; LiteDB disposing its streams does not close it.</summary>
    public void Release()
    {
        lock (_gate)
        {
            _isClosed = true;
            file.Dispose();
        }
    }

    private int Fill(Span<byte> to)
    {
        var filled = 0;
        while (filled < to.Length && file.Read(Position + filled, to[filled..]) is > 0 and var count)
            filled += count;
        return filled;
    }

    private static int Copy(byte[] page, Span<byte> to)
    {
        var count = Math.Min(page.Length, to.Length);
        page.AsSpan(0, count).CopyTo(to);
        return count;
    }

    private T Try<T>(Func<T> work)
        where T : struct
    {
        lock (_gate)
        {
            try
            {
                return _isClosed ? default : work();
            }
            catch (Exception e)
            {
                Failure ??= e;
                return default;
            }
        }
    }
}
