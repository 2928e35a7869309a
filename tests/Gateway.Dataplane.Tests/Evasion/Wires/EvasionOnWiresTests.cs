namespace Gateway.Dataplane.Tests.Evasion;

/// <summary>The list with real frames: stations in namespaces, veth links, and the program gateway-dataplane between them. Judged by what
/// arrives at the stations.</summary>
[Trait("Category", "Slow")]
public sealed class EvasionOnWiresTests : IDisposable
{
    /// <summary>Rows that one process judges before the next one starts: each leaves flows behind, and a device may have 256.</summary>
    private const int RowsPerStart = 60;

    private static readonly HashSet<string> Floods = ["106", "106p"];

    private readonly WireBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Every_row_gets_its_verdict_from_the_real_process()
    {
        var runs = EvasionList.Runs.Where(r => r.Case.InProcessOnly.Length == 0).ToList();
        Assert.True(runs.Count > 250);
        var faults = Faults(runs, fastPath: false);
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Fact]
    public void And_so_it_does_with_the_kernel_forwarding_but_for_what_only_a_reader_of_the_stream_can_see()
    {
        // Floods are of flows that open, and those are the loop's.
        var runs = EvasionList.Runs.Where(r => r.Case.InProcessOnly.Length == 0 && r.Way == Way.Tracked && !Floods.Contains(r.Case.Number)).ToList();
        var faults = Faults(runs, fastPath: true);
        Assert.True(faults.All(f => OffloadedRows.Passes.ContainsKey(f.Case.Number)), string.Join('\n', faults));
        // A flow that was not handed over in time is judged by the loop; most must have been, else this shows nothing of the kernel.
        Assert.True(faults.Count > OffloadedRows.Passes.Count / 2, $"only {faults.Count} rows were the kernel's");
    }

    private List<Outcome> Faults(List<(Case Case, Way Way)> runs, bool fastPath)
    {
        var faults = new List<Outcome>();
        foreach (var chunk in runs.Where(r => !Floods.Contains(r.Case.Number)).Chunk(fastPath ? RowsPerStart / 3 : RowsPerStart).Concat(runs.Where(r => Floods.Contains(r.Case.Number)).Chunk(1)))
            faults.AddRange(Play(_bench.Start(fastPath), chunk).Where(o => o.Fault is not null));
        return faults;
    }

    [Fact]
    public void A_bridge_in_its_place_leaks_what_A_sends_to_B()
    {
        var runs = EvasionList.Numbered.Where(c => c is { Verdict: Verdict.Drop, Sender: null, InProcessOnly: "" } && !Floods.Contains(c.Number))
            .Select(c => (c, c.Ways[^1])).Where(r => r.c.VerdictOn(r.Item2) == Verdict.Drop).ToList();
        var silent = Play(_bench.Bridge(), runs).Where(o => !o.Leaked).Select(o => o.Case.Number).ToList();
        // A bridge itself keeps what is sent to bridges (20 to 23) and takes no source that no host can have (6, 7).
        Assert.All(silent, number => Assert.Contains(number, (string[])["6", "7", "20", "21", "22", "23"]));
    }

    private static IEnumerable<Outcome> Play(WireGate gate, IEnumerable<(Case Case, Way Way)> runs)
    {
        ushort port = 41_000;
        foreach (var (@case, way) in runs)
        {
            yield return Evasion.Play.Run(@case, way, gate, port++);
            gate.NextRow();
        }
    }
}
