using Gateway.Core.Store;
using Gateway.Core.Tests.Store.Simulation;

namespace Gateway.Core.Tests.Store;

/// <summary>The n-th call of the disk fails, for every n. Whatever happens: no other exception than the journal's own, nothing acknowledged is
/// lost, and the journal opens again.</summary>
[Trait("Category", "Slow")]
public sealed class JournalFaultTests
{
    private const int Records = 40;

    private static JournalOptions Options(IJournalFolder folder) =>
        JournalRig.Options(folder) with { MaxTotalBytes = 3072, ReserveBytes = 300 };

    [Theory]
    [InlineData(DiskFault.Error)]
    [InlineData(DiskFault.ErrorHalfway)]
    [InlineData(DiskFault.Full)]
    public void No_single_fault_loses_an_acknowledged_record(DiskFault fault)
    {
        var calls = Run(new SimulatedFolder(), out var all);
        Assert.Equal(Records, all.Count);
        for (var faulty = 0; faulty < calls; faulty++)
        {
            var folder = new SimulatedFolder { Fault = (number, _) => number == faulty ? fault : DiskFault.None };
            Run(folder, out var acknowledged);
            AssertNothingLost(folder.AfterKill(), acknowledged, $"{fault} at call {faulty}, killed");
            var image = PowerCut.Image(folder.Calls, folder.CallCount, new Random(faulty));
            AssertNothingLost(image, acknowledged, $"{fault} at call {faulty}, power cut");
        }
    }

    [Fact]
    public void After_a_failed_sync_nothing_is_written_any_more_and_every_append_says_why()
    {
        var calls = Run(new SimulatedFolder(), out _);
        var failures = 0;
        for (var faulty = 0; faulty < calls; faulty++)
        {
            var folder = new SimulatedFolder();
            var isSync = false;
            folder.Fault = (number, call) =>
            {
                if (number != faulty || call.Kind is not (DiskCallKind.Sync or DiskCallKind.SyncFolder))
                    return DiskFault.None;
                isSync = true;
                return DiskFault.Error;
            };
            Run(folder, out _, failure => Assert.Contains("fsync of", failure.Message, StringComparison.Ordinal));
            failures += isSync ? 1 : 0;
            Assert.Equal(isSync ? faulty + 1 : folder.CallCount, folder.CallCount);
        }
        Assert.True(failures > Records, $"only {failures} syncs failed");
    }

    [Fact]
    public void A_full_disk_at_any_one_call_refuses_one_append_and_the_next_one_works()
    {
        var calls = Run(new SimulatedFolder(), out _);
        for (var faulty = 0; faulty < calls; faulty++)
        {
            var folder = new SimulatedFolder
            {
                Fault = (number, call) => number == faulty && call.Kind == DiskCallKind.Write ? DiskFault.Full : DiskFault.None,
            };
            Run(folder, out var acknowledged);
            // Fewer only where the full disk met the making of the journal itself.
            Assert.InRange(acknowledged.Count, folder.CallCount > faulty + 10 ? Records - 1 : 0, Records);
        }
    }

    /// <summary>Opens, appends, closes. Only the journal's own exceptions may come out.</summary>
    private static int Run(SimulatedFolder folder, out List<long> acknowledged, Action<JournalFailedException>? onFailure = null)
    {
        acknowledged = [];
        try
        {
            using var journal = Journal.Open(Options(folder));
            for (var number = 1; number <= Records; number++)
            {
                try
                {
                    // Numbered by what was acknowledged, so that the payload of a sequence is known.
                    acknowledged.Add(journal.Append(JournalRig.Payload(journal.Head.Sequence + 1)));
                }
                catch (JournalFullException)
                {
                    Assert.Equal(JournalCondition.Full, journal.Condition);
                }
                catch (JournalFailedException e)
                {
                    Assert.Equal(JournalCondition.Failed, journal.Condition);
                    Assert.Throws<JournalFailedException>(() => journal.Append([1]));
                    onFailure?.Invoke(e);
                }
            }
        }
        catch (JournalException e) when (e is JournalFullException or JournalFailedException)
        {
            // Refused to open at all.
        }
        return folder.CallCount;
    }

    private static void AssertNothingLost(SimulatedFolder image, List<long> acknowledged, string when)
    {
        try
        {
            using var journal = Journal.Open(Options(image));
            Assert.True(journal.Head.Sequence >= acknowledged.LastOrDefault(), $"{when}: {journal.Head.Sequence} of {acknowledged.LastOrDefault()} found");
            Assert.True(journal.First <= Math.Max(1, acknowledged.LastOrDefault() - 5), $"{when}: too much was dropped");
            Assert.All(journal.Read(1), record => Assert.True(record.Payload.Span.SequenceEqual(JournalRig.Payload(record.Sequence))));
            journal.Append(JournalRig.Payload(journal.Head.Sequence + 1));
        }
        catch (JournalException e)
        {
            Assert.Fail($"{when}: {e.Message}");
        }
        JournalRig.Verify(image);
    }
}
