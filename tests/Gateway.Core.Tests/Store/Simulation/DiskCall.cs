namespace Gateway.Core.Tests.Store.Simulation;

/// <summary>What the store asked the disk to do.</summary>
public enum DiskCallKind
{
    Create,
    Open,
    Write,
    Truncate,
    Sync,
    Rename,
    Delete,
    SyncFolder,
}

/// <summary>How a call goes wrong.</summary>
public enum DiskFault
{
    None,

    /// <summary>EIO; nothing happened.</summary>
    Error,

    /// <summary>EIO; a write did half of it.</summary>
    ErrorHalfway,

    /// <summary>ENOSPC; a write did half of it.</summary>
    Full,
}

/// <param name="Kind">What.</param>
/// <param name="Name">Of which file.</param>
/// <param name="File">The file itself, whatever it is called later; null for calls on the folder.</param>
/// <param name="Offset">Where a write begins, or the length after a truncation.</param>
/// <param name="Bytes">What a write wrote.</param>
/// <param name="To">New name of a rename.</param>
public sealed record DiskCall(DiskCallKind Kind, string Name, SimulatedFile? File = null, long Offset = 0, byte[]? Bytes = null, string To = "");
