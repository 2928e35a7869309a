namespace Gateway.Core.Store;

/// <summary>Tells a full disk from a broken one.</summary>
public static class DiskFull
{
    /// <summary>ENOSPC of errno(3).</summary>
    public const int NoSpace = 28;

    /// <summary>EDQUOT of errno(3).</summary>
    public const int QuotaExceeded = 122;

    /// <summary>.NET on Linux puts errno into HResult.</summary>
    public static bool Is(Exception e) => e is IOException { HResult: NoSpace or QuotaExceeded };
}
