using Gateway.Core.Operations;
using Gateway.Core.Policy;

namespace Gateway.Dataplane.Inspectors;

/// <summary>What an inspector wants done with the first bytes of a stream.</summary>
internal enum JudgementKind : byte
{
    /// <summary>Not a whole unit yet; nothing passes.</summary>
    NeedMore = 0,

    /// <summary>Pass the consumed bytes on.</summary>
    Pass = 1,

    /// <summary>Consume, pass nothing, send the answer back.</summary>
    Answer = 2,

    /// <summary>Consume and pass nothing.</summary>
    Discard = 3,

    /// <summary>Not the protocol, or out of step: end both sides.</summary>
    Reset = 4,
}

/// <summary>Verdict on the first unit (PDU) of the bytes that an inspector was shown.</summary>
internal struct Judgement
{
    public JudgementKind Kind;

    /// <summary>Bytes the verdict speaks of.</summary>
    public int ConsumedBytes;

    /// <summary>Bytes written to the answer buffer.</summary>
    public int AnswerBytes;

    /// <summary>Why not, unless it passes.</summary>
    public DropReason Reason;

    /// <summary>Whether a record is made of <see cref="Operation"/>.</summary>
    public bool Record;

    public RuleMiss Miss;

    /// <summary>Index of the conduit that covers the operation; -1 for none.</summary>
    public int Conduit;

    public Operation Operation;
}

/// <summary>Reads one protocol inside a TCP stream, unit by unit. One instance serves all flows; what a flow needs to remember lies in
/// its state bytes. Neither allocates nor throws, whatever the bytes.</summary>
internal abstract class StreamInspector
{
    /// <summary>Room that one flow's state needs, in bytes.</summary>
    public abstract int StateBytes { get; }

    /// <summary>Longest unit, in bytes; a receive buffer holds at least one.</summary>
    public abstract int MaxUnitBytes { get; }

    /// <summary>Judges the first unit of what the opener of the flow sent.</summary>
    /// <param name="bytes">All unjudged bytes, in order.</param>
    /// <param name="state">The flow's state, zero at its start.</param>
    /// <param name="grants">What the flow may do.</param>
    /// <param name="answer">Room for a negative answer, at least <see cref="MaxUnitBytes"/>.</param>
    public abstract Judgement JudgeRequest(ReadOnlySpan<byte> bytes, Span<byte> state, in OperationGrants grants, Span<byte> answer);

    /// <summary>Judges the first unit of what the target sent.</summary>
    public abstract Judgement JudgeResponse(ReadOnlySpan<byte> bytes, Span<byte> state);
}
