namespace Gateway.Core.Store;

/// <summary>A place in a journal: everything up to it is fixed by the hash.</summary>
/// <param name="Sequence">Number of the record, from 1; 0 is before the first one.</param>
/// <param name="Hash">Hash of that record; of the journal's name for 0.</param>
public readonly record struct JournalPosition(long Sequence, RecordHash Hash);

/// <summary>One acknowledged record.</summary>
/// <param name="Position">Where it stands.</param>
/// <param name="Payload">What was appended; a copy that the receiver owns.</param>
public sealed record JournalRecord(JournalPosition Position, ReadOnlyMemory<byte> Payload)
{
    public long Sequence => Position.Sequence;
}
