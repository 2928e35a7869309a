namespace Gateway.Dataplane.Tests.Evasion;

/// <summary>The attack list against the real pipeline, in one process. Each row stands alone at a gate of its own.</summary>
public sealed class EvasionTests
{
    [Fact]
    public void The_list_has_125_numbered_cases_in_order_of_which_3_are_controls()
    {
        Assert.Equal(Enumerable.Range(1, 125).Select(i => $"{i}"), EvasionList.Numbered.Select(c => c.Number));
        Assert.Equal(3, EvasionList.Numbered.Count(c => c.Verdict == Verdict.Allow));
        Assert.Equal(EvasionList.All.Count, EvasionList.All.Select(c => c.Number).Distinct().Count());
    }

    [Fact]
    public void Every_row_gets_its_verdict_for_its_reason()
    {
        var faults = EvasionList.Runs.Select(run => Alone(run.Case, run.Way, Real)).Where(o => o.Fault is not null).ToList();
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Fact]
    public void A_gate_that_passes_everything_leaks_every_attack_but_those_that_say_why_not()
    {
        var silent = EvasionList.Runs.Where(run => run.Case.VerdictOn(run.Way) != Verdict.Allow)
            .Select(run => Alone(run.Case, run.Way, () => new OpenGate())).Where(o => !o.Leaked).ToList();
        Assert.All(silent, o => Assert.True(o.Case.SilentWhenOpen.Length > 0, $"proves nothing: {o}"));
        Assert.True(silent.Select(o => o.Case).Distinct().Count() <= 6);
    }

    [Fact]
    public void A_gate_that_refuses_everything_fails_every_control()
    {
        var controls = EvasionList.Runs.Where(run => run.Case.VerdictOn(run.Way) == Verdict.Allow).ToList();
        Assert.True(controls.Count > 40);
        Assert.All(controls, run => Assert.NotNull(Alone(run.Case, run.Way, () => new ClosedGate()).Fault));
    }

    private static PipelineGate Real() => new(EvasionSite.Policy, EvasionSite.BoxMac);

    private static Outcome Alone(Case @case, Way way, Func<Gate> make)
    {
        using var gate = make();
        Play.Settle(gate);
        return Play.Run(@case, way, gate, 40_000);
    }
}
