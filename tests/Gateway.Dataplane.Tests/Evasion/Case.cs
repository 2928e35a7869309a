using Gateway.Core.Policy;

namespace Gateway.Dataplane.Tests.Evasion;

internal enum Verdict
{
    /// <summary>No part of the frame reaches the other side.</summary>
    Drop,

    /// <summary>The frame may pass, its extra bytes may not.</summary>
    Strip,

    /// <summary>A control: it must pass.</summary>
    Allow,
}

/// <summary>How the flow of a case is carried: each means something else by the same frame.</summary>
internal enum Way
{
    /// <summary>The gateway ends TCP on both sides (docs/decisions/0003).</summary>
    Inspected,

    /// <summary>Segments pass one by one, their state tracked.</summary>
    Tracked,
}

/// <summary>One row of the list: an attack that is legal but for one fault, or a control, and what must become of it.</summary>
internal sealed record Case
{
    /// <summary>Number in the list; letters and numbers above 125 are ours.</summary>
    public required string Number { get; init; }

    public required string Layer { get; init; }

    public required string Name { get; init; }

    public required Verdict Verdict { get; init; }

    /// <summary>Verdict where the flow is only tracked, when it is another.</summary>
    public Verdict? WhenTracked { get; init; }

    /// <summary>Our reason; null where the frame is answered or passed.</summary>
    public DropReason? Reason { get; init; }

    /// <summary>Reason where the flow is only tracked, when it is another.</summary>
    public DropReason? ReasonWhenTracked { get; init; }

    /// <summary>The frames, sent one after the other.</summary>
    public required Func<Scene, IEnumerable<Crafted>> Frames { get; init; }

    /// <summary>The handshake is done before.</summary>
    public bool Established { get; init; }

    /// <summary>B is the attacker.</summary>
    public bool FromPeer { get; init; }

    /// <summary>Another station than A sends.</summary>
    public Station? Sender { get; init; }

    public Way[] Ways { get; init; } = [Way.Inspected, Way.Tracked];

    /// <summary>What counts as a leak, where it is not "anything of the flow at the victim".</summary>
    public Func<Scene, bool>? Leaks { get; init; }

    /// <summary>What counts as passed, for a control.</summary>
    public Func<Scene, bool>? Passes { get; init; }

    /// <summary>What our design makes of the case, where that is not the plain reading.</summary>
    public string Note { get; init; } = "";

    /// <summary>Why it cannot be sent over a real link or judged there.</summary>
    public string InProcessOnly { get; init; } = "";

    /// <summary>Why it does not leak through a gate that passes everything.</summary>
    public string SilentWhenOpen { get; init; } = "";

    public Verdict VerdictOn(Way way) => way == Way.Tracked ? WhenTracked ?? Verdict : Verdict;

    public DropReason? ReasonOn(Way way) => way == Way.Tracked ? ReasonWhenTracked ?? Reason : Reason;

    public bool Has(Way way) => Array.IndexOf(Ways, way) >= 0;
}

/// <summary>Outcome of a case at a gate.</summary>
/// <param name="Case">The row.</param>
/// <param name="Way">How its flow was carried.</param>
/// <param name="Fault">What went wrong; null when the row holds.</param>
/// <param name="Leaked">Whether the fault is a leak.</param>
internal sealed record Outcome(Case Case, Way Way, string? Fault, bool Leaked)
{
    public override string ToString() => $"#{Case.Number} ({Way}) {Case.Name}: {Fault ?? "holds"}";
}
