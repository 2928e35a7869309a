namespace Gateway.Dataplane.Links;

/// <summary>Where the pipeline writes frames that leave. One buffer at a time: reserve, write, commit; a reserved buffer that is not
/// committed is used again.</summary>
internal abstract class FrameSink
{
    /// <summary>Room for one frame of up to <see cref="LinkLimits.MaxFrameBytes"/> on the link. Contents are undefined.</summary>
    public abstract Span<byte> Reserve(int link);

    /// <summary>Sends the first <paramref name="lengthBytes"/> bytes of what was reserved last on the link.</summary>
    public abstract void Commit(int link, int lengthBytes);
}
