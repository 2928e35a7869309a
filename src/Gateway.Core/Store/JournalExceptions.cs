namespace Gateway.Core.Store;

/// <summary>Something went wrong with a journal. Nothing that was acknowledged is touched by it.</summary>
public abstract class JournalException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A write or fsync failed. The journal stops for good until it is opened again: after a failed fsync the kernel may call a
/// page clean that never reached the disk, so trying again would acknowledge what is not there. The refused records may or may not be
/// found when it is opened.</summary>
public sealed class JournalFailedException(string message, Exception? inner = null) : JournalException(message, inner);

/// <summary>There is no room on the disk. What is stored stays readable; appends work again once there is room.</summary>
public sealed class JournalFullException(string message, Exception? inner = null) : JournalException(message, inner);

/// <summary>Another process, or another part of this one, has the journal open.</summary>
public sealed class JournalLockedException(string message, Exception? inner = null) : JournalException(message, inner);

/// <summary>More appends wait than the journal holds.</summary>
public sealed class JournalBusyException(string message) : JournalException(message);

/// <summary>What is stored is not what was written, in a way that no crash explains. Nothing is cut or repaired.</summary>
public sealed class JournalDamagedException : JournalException
{
    public JournalDamagedException(string file, long offsetBytes, long sequence, string what)
        : base(FormattableString.Invariant($"{file} is damaged at byte {offsetBytes}, record {sequence}: {what}"))
    {
        File = file;
        OffsetBytes = offsetBytes;
        Sequence = sequence;
    }

    /// <summary>File that shows the damage, with its folder.</summary>
    public string File { get; }

    /// <summary>Where in the file.</summary>
    public long OffsetBytes { get; }

    /// <summary>Record that should stand there.</summary>
    public long Sequence { get; }
}

/// <summary>A record is intact but the program cannot make a state of it, most likely because a newer program wrote it.</summary>
public sealed class StateReplayException(long sequence, Exception inner)
    : JournalException(FormattableString.Invariant($"record {sequence} cannot be applied by this program: {inner.Message}"), inner)
{
    /// <summary>The record.</summary>
    public long Sequence => sequence;
}
