using Gateway.Core.Control;
using Gateway.Core.Devices;

namespace Gateway.Core.Tests.Devices;

/// <summary>The grade claims only what was measured lately, and a finding outweighs a good test.</summary>
public sealed class IsolationTests
{
    private const uint Never = IsolationFacts.Never;

    [Theory]
    [InlineData(10, Never, Never, Never, 0, true, IsolationGrade.A, "own-socket")]
    [InlineData(10, Never, Never, Never, 20, true, IsolationGrade.B, "own-vlan")]
    [InlineData(10, Never, Never, 30, 0, true, IsolationGrade.C, "answers-for-others")]
    [InlineData(10, 30, Never, Never, 0, true, IsolationGrade.D, "others-on-link")]
    [InlineData(10, Never, 30, Never, 20, true, IsolationGrade.D, "heard-beside")]
    [InlineData(10, 30, 30, 30, 0, true, IsolationGrade.D, "others-on-link heard-beside answers-for-others")]
    [InlineData(Never, Never, Never, Never, 0, true, IsolationGrade.Unknown, "not-tested")]
    [InlineData(180, Never, Never, Never, 0, true, IsolationGrade.Unknown, "not-tested")]
    [InlineData(179, Never, Never, Never, 0, true, IsolationGrade.A, "own-socket")]
    [InlineData(10, Never, Never, Never, 0, false, IsolationGrade.Unknown, "not-answering")]
    [InlineData(10, 3_599, Never, Never, 0, false, IsolationGrade.D, "others-on-link")]
    [InlineData(10, 3_600, Never, Never, 0, true, IsolationGrade.A, "own-socket")]
    public void The_facts_make_the_grade(
        uint tested, uint others, uint beside, uint forOthers, ushort vlan, bool answers, IsolationGrade grade, string reasons)
    {
        var verdict = Isolation.Judge(new IsolationFacts(tested, others, beside, forOthers), vlan, answers);
        Assert.Equal(grade, verdict.Grade);
        Assert.Equal(reasons.Split(' '), verdict.Reasons);
        Assert.All(verdict.Reasons, reason => Assert.Contains(reason, Isolation.AllReasons));
    }
}
