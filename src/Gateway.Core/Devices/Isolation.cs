using System.Collections.Immutable;
using Gateway.Core.Control;

namespace Gateway.Core.Devices;

/// <summary>How isolated a device measurably is. Nothing is claimed that was not tested lately.</summary>
public enum IsolationGrade : byte
{
    /// <summary>Not known: the device does not answer, or was not tested lately.</summary>
    Unknown = 0,

    /// <summary>Alone on a socket of its own.</summary>
    A = 1,

    /// <summary>Alone in a VLAN of a trunk: as good as the configuration of the switch.</summary>
    B = 2,

    /// <summary>Stands for others: what lies behind it is not isolated from it.</summary>
    C = 3,

    /// <summary>Not isolated: shares its segment with others.</summary>
    D = 4,
}

/// <param name="Grade">Grade.</param>
/// <param name="Reasons">Why, as words of the API; see <see cref="Isolation"/>.</param>
public sealed record IsolationVerdict(IsolationGrade Grade, ImmutableArray<string> Reasons)
{
    public bool Equals(IsolationVerdict? other) => other is not null && Grade == other.Grade && Reasons.SequenceEqual(other.Reasons);

    public override int GetHashCode() => HashCode.Combine(Grade, Reasons.Length);
}

/// <summary>Judges the facts of the self-test.</summary>
public static class Isolation
{
    public const string OwnSocket = "own-socket";
    public const string OwnVlan = "own-vlan";
    public const string OthersOnLink = "others-on-link";
    public const string HeardBeside = "heard-beside";
    public const string AnswersForOthers = "answers-for-others";
    public const string NotAnswering = "not-answering";
    public const string NotTested = "not-tested";

    /// <summary>Seconds for which a test counts: it runs once a minute, and two may be missed.</summary>
    public const uint TestLifetimeSeconds = 180;

    /// <summary>Seconds for which a finding counts: a switch with others behind it may be silent for long.</summary>
    public const uint FindingLifetimeSeconds = 3_600;

    public static ImmutableArray<string> AllReasons { get; } = [OwnSocket, OwnVlan, OthersOnLink, HeardBeside, AnswersForOthers, NotAnswering, NotTested];

    /// <param name="facts">What the self-test found.</param>
    /// <param name="vlan">VLAN of the device's link; 0 for a socket of its own.</param>
    /// <param name="answers">Whether the bound device answers now.</param>
    public static IsolationVerdict Judge(in IsolationFacts facts, ushort vlan, bool answers)
    {
        var findings = ImmutableArray.CreateBuilder<string>();
        if (facts.OthersAgo < FindingLifetimeSeconds)
            findings.Add(OthersOnLink);
        if (facts.BesideAgo < FindingLifetimeSeconds)
            findings.Add(HeardBeside);
        var shares = findings.Count > 0;
        if (facts.ForOthersAgo < FindingLifetimeSeconds)
            findings.Add(AnswersForOthers);
        // A finding counts also for a device that is silent now; that it is alone does not.
        if (findings.Count > 0)
            return new IsolationVerdict(shares ? IsolationGrade.D : IsolationGrade.C, findings.ToImmutable());
        if (!answers)
            return new IsolationVerdict(IsolationGrade.Unknown, [NotAnswering]);
        if (facts.TestedAgo >= TestLifetimeSeconds)
            return new IsolationVerdict(IsolationGrade.Unknown, [NotTested]);
        return vlan == 0 ? new IsolationVerdict(IsolationGrade.A, [OwnSocket]) : new IsolationVerdict(IsolationGrade.B, [OwnVlan]);
    }
}
