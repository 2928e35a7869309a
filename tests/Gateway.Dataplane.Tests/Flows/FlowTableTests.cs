using Gateway.Dataplane.Flows;

namespace Gateway.Dataplane.Tests.Flows;

public sealed class FlowTableTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(20_261_123)]
    public void The_table_agrees_with_a_dictionary_over_many_random_steps(int seed)
    {
        var random = new Random(seed);
        var table = new FlowTable(512);
        var flows = new Dictionary<int, (FlowKey Source, FlowKey Target)>();
        for (var step = 0; step < 100_000; step++)
        {
            if (flows.Count < 512 && random.Next(100) < 55)
                Open(table, flows, random);
            else if (flows.Count > 0)
                Close(table, flows, random);
            if (step % 1_000 == 0)
                CheckAll(table, flows);
        }
        CheckAll(table, flows);
        Assert.Equal(flows.Count, table.Count);
    }

    [Fact]
    public void A_full_table_says_so_and_works_again_after_one_is_released()
    {
        var table = new FlowTable(4);
        for (var i = 0; i < 4; i++)
            Assert.True(table.Take() >= 0);
        Assert.Equal(-1, table.Take());
        table.Return(2);
        Assert.Equal(2, table.Take());
    }

    private static void Open(FlowTable table, Dictionary<int, (FlowKey, FlowKey)> flows, Random random)
    {
        var source = RandomSide(random, 0);
        var target = RandomSide(random, 1);
        if (table.Find(FlowTable.KeyOf(source, 6), out _) >= 0 || table.Find(FlowTable.KeyOf(target, 6), out _) >= 0)
            return;
        var index = table.Take();
        table[index] = new Flow { Mode = FlowMode.Tracked, Transport = 6, Source = source, Target = target };
        table.Link(index);
        flows.Add(index, (FlowTable.KeyOf(source, 6), FlowTable.KeyOf(target, 6)));
    }

    private static void Close(FlowTable table, Dictionary<int, (FlowKey Source, FlowKey Target)> flows, Random random)
    {
        var (index, keys) = flows.ElementAt(random.Next(flows.Count));
        table.Release(index);
        flows.Remove(index);
        Assert.Equal(-1, table.Find(keys.Source, out _));
        Assert.Equal(-1, table.Find(keys.Target, out _));
    }

    private static void CheckAll(FlowTable table, Dictionary<int, (FlowKey Source, FlowKey Target)> flows)
    {
        foreach (var (index, keys) in flows)
        {
            Assert.Equal(index, table.Find(keys.Source, out var fromSource));
            Assert.True(fromSource);
            Assert.Equal(index, table.Find(keys.Target, out fromSource));
            Assert.False(fromSource);
        }
    }

    private static FlowSide RandomSide(Random random, int link) => new()
    {
        Link = link, Address = (uint)random.Next(16), Port = (ushort)random.Next(64), OtherAddress = (uint)random.Next(16), OtherPort = (ushort)random.Next(64),
    };
}
