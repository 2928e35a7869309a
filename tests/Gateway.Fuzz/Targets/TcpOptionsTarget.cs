using Gateway.Dataplane.Wire;

namespace Gateway.Fuzz.Targets;

internal static class TcpOptionsTarget
{
    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        var bytes = data[..Math.Min(data.Length, 40)];
        var reader = new TcpOptionReader(bytes);
        var total = 0;
        var count = 0;
        while (reader.TryRead(out _, out var value))
        {
            count++;
            total += 2 + value.Length;
        }
        Promise.Keep(total <= bytes.Length && count <= 20, "options lie inside the bytes");
        var read = TcpOptions.TryParse(bytes, out var options, out var error);
        Promise.Keep(read == (error == TcpOptionError.None), "an error or options, never both");
        Promise.Keep(read || reader.Error == error || error == TcpOptionError.Repeated, "both ways to read agree");
        if (!read)
            return;
        Promise.Keep(options.SackBlockCount <= 4, "at most four blocks");
        for (var i = 0; i < options.SackBlockCount; i++)
            _ = options.SackLeft(i) - options.SackRight(i);
        Promise.Keep(
            (options.HasMaxSegment || options.MaxSegmentBytes == 0) && (options.HasWindowScale || options.WindowScale == 0)
            && (options.HasTimestamps || (options.TimestampValue | options.TimestampEcho) == 0),
            "a missing option has no value");
    }
}
