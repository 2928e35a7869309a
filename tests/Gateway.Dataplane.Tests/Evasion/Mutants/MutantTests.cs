using Gateway.Core.Policy;

namespace Gateway.Dataplane.Tests.Evasion;

/// <summary>Every rule of the packet path bears load: switched off alone, it makes at least one row of the list fail.</summary>
[Trait("Category", "Slow")]
public sealed class MutantTests(ITestOutputHelper output)
{
    /// <summary>Rows with tens of thousands of frames, for rules about bounds only.</summary>
    private static readonly HashSet<string> Heavy = ["180", "181", "106", "106p", "41", "66", "66p", "118"];

    private static readonly (Case Case, Way Way)[] Runs = [.. EvasionList.Runs];

    [Fact]
    public void Every_refusal_in_the_sources_has_a_switch()
    {
        var build = new MutantBuild();
        Assert.True(build.Refusals.Values.Sum() > 70, "the refusals were not found");
        Assert.All(build.Refusals, refusal => Assert.True(
            build.Mutants.Count(m => m.Where == refusal.Key) >= refusal.Value, $"{refusal.Key} refuses in {refusal.Value} places, and not each has a switch"));
    }

    [Fact]
    public void Each_rule_switched_off_makes_a_row_fail()
    {
        var build = new MutantBuild();
        Assert.True(build.Mutants.Count > 100, $"only {build.Mutants.Count} rules were found");
        Assert.Equal(build.Mutants.Count, build.Mutants.Select(m => m.Id).Distinct().Count());
        Assert.All(Runs.Where(r => !Heavy.Contains(r.Case.Number)), run => Assert.Null(Alone(build, 0, run).Fault));
        var survivors = new List<string>();
        var kinds = new Dictionary<string, int>();
        foreach (var mutant in build.Mutants)
        {
            var killer = InOrderFor(mutant).Select(run => Alone(build, mutant.Number, run)).FirstOrDefault(o => o.Fault is not null);
            if (killer is null)
                survivors.Add(mutant.Id);
            var kind = killer is null ? "survives" : killer.Leaked ? "leaks" : killer.Fault!.Split(' ')[0];
            kinds[kind] = kinds.GetValueOrDefault(kind) + 1;
            output.WriteLine($"{kind}: {mutant.Id} <- {killer?.Case.Number}");
        }
        output.WriteLine(string.Join(", ", kinds.Select(k => $"{k.Key} {k.Value}")));
        Assert.Equal(Explained.Survivors.Keys.Order(StringComparer.Ordinal), survivors.Order(StringComparer.Ordinal));
    }

    /// <summary>First the rows that expect the rule's own reason, leaks before the rest.</summary>
    private static IEnumerable<(Case Case, Way Way)> InOrderFor(Mutant mutant) => Runs
        .Where(r => !Heavy.Contains(r.Case.Number) || Names(r, mutant))
        .OrderBy(r => Names(r, mutant) ? 0 : 1);

    private static bool Names((Case Case, Way Way) run, Mutant mutant) =>
        run.Case.ReasonOn(run.Way) is { } reason && (mutant.Reason == reason.ToString() || mutant.Reason.StartsWith(reason.ToString()[..3], StringComparison.Ordinal) && mutant.Reason.Contains("Error", StringComparison.Ordinal));

    private static Outcome Alone(MutantBuild build, int off, (Case Case, Way Way) run)
    {
        try
        {
            using var gate = build.Gate(off, EvasionSite.Policy);
            Play.Settle(gate);
            return Play.Run(run.Case, run.Way, gate, 40_000);
        }
        catch (Exception e) when (off != 0)
        {
            // The loop would stop: worse than a leak, and as good a proof that the rule is needed.
            return new Outcome(run.Case, run.Way, $"stops by {e.GetType().Name}", Leaked: false);
        }
    }
}
