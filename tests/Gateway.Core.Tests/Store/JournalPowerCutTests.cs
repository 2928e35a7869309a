using System.Globalization;
using Gateway.Core.Store;
using Gateway.Core.Tests.Store.Simulation;

namespace Gateway.Core.Tests.Store;

[Trait("Category", "Slow")]
public sealed class JournalPowerCutTests(ITestOutputHelper output)
{
    private const int ImagesPerCall = 12;

    [Theory]
    [InlineData(null)]
    [InlineData(4096L)]
    public async Task The_power_may_go_at_any_call_and_nothing_acknowledged_is_lost(long? maxTotalBytes)
    {
        var folder = new SimulatedFolder();
        var options = JournalRig.Options(folder) with { MaxTotalBytes = maxTotalBytes };
        var acknowledged = await Run(folder, options);
        var calls = folder.Calls;
        var (images, torn, lost) = (0, 0, 0);
        for (var count = 0; count <= calls.Count; count++)
        {
            var known = acknowledged.Where(ack => ack.Calls <= count).Select(ack => ack.Sequence).DefaultIfEmpty().Max();
            for (var seed = 0; seed < ImagesPerCall; seed++, images++)
            {
                var image = PowerCut.Image(calls, count, new Random(count * ImagesPerCall + seed));
                using var journal = Journal.Open(options with { Folder = image });
                torn += journal.Recovery.Torn is null ? 0 : 1;
                lost += (int)Math.Max(0, known - journal.Head.Sequence);
                Assert.All(journal.Read(1), record => Assert.True(record.Payload.Span.SequenceEqual(JournalRig.Payload(record.Sequence))));
                Assert.True(maxTotalBytes is not null || journal.First == 1);
                journal.Append(JournalRig.Payload(journal.Head.Sequence + 1));
            }
        }
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{images} images, {torn} with a torn tail, {acknowledged.Count} acknowledged, {lost} lost"));
        Assert.Equal(0, lost);
        Assert.True(images >= 500, $"only {images} images");
        Assert.True(torn >= 50, $"only {torn} torn tails: the images are too kind");
    }

    [Fact]
    public void Control_a_journal_acknowledged_before_its_sync_would_lose_records_in_these_images()
    {
        var folder = JournalRig.Closed(40);
        var calls = folder.Calls.Where(call => call.Kind != DiskCallKind.Sync || !call.Name.EndsWith(".segment", StringComparison.Ordinal)).ToList();
        var lost = Enumerable.Range(0, 50).Count(seed =>
        {
            var image = PowerCut.Image(calls, calls.Count, new Random(seed));
            return Record.Exception(() => JournalRig.Verify(image)) is not null;
        });
        Assert.True(lost > 25, $"only {lost} of 50 images show the missing sync");
    }

    /// <summary>Appends alone, in groups, with a restart in between; notes after how many calls each record was acknowledged.</summary>
    private static async Task<List<(long Sequence, int Calls)>> Run(SimulatedFolder folder, JournalOptions options)
    {
        var acknowledged = new List<(long, int)>();
        for (var run = 0; run < 3; run++)
        {
            using var journal = Journal.Open(options);
            for (var round = 0; round < 8; round++)
            {
                var first = journal.Head.Sequence + 1;
                var tasks = Enumerable.Range(0, 1 + round % 4)
                    .Select(number => journal.AppendAsync(JournalRig.Payload(first + number)).AsTask()).ToList();
                foreach (var task in tasks)
                    acknowledged.Add((await task, folder.CallCount));
            }
        }
        return acknowledged;
    }
}
