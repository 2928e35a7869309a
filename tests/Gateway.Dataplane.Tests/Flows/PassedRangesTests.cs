using Gateway.Dataplane.Flows;

namespace Gateway.Dataplane.Tests.Flows;

/// <summary>What a tracked flow remembers of the bytes that passed, across the wrap of sequence numbers.</summary>
public sealed class PassedRangesTests
{
    private static readonly uint First = 0xFFFF_FFF0;
    private readonly byte[] _ring = new byte[PassedBytes.BytesPerDirection];
    private PassedRanges _passed;
    private uint _end = First;

    public PassedRangesTests() => _passed.Begin(First);

    [Fact]
    public void The_same_bytes_agree_however_they_are_cut()
    {
        Pass(0, "abcdefghijklmnopqrstuvwxyz"u8);
        Assert.False(Differs(0, "abc"u8));
        Assert.False(Differs(10, "klmnopqrst"u8));
        Assert.False(Differs(20, "uvwxyz and more"u8));
        Assert.True(Differs(10, "klmnoPqrst"u8));
        Assert.True(Differs(20, "uvwxyZ and more"u8));
    }

    [Fact]
    public void What_stands_in_a_hole_is_not_compared()
    {
        Pass(0, "abc"u8);
        Pass(10, "klm"u8);
        Assert.False(Differs(3, "1234567"u8));
        Assert.True(Differs(3, "1234567x"u8));
        Pass(3, "1234567"u8);
        Assert.Equal(First + 13, _passed.Front);
        Assert.True(Differs(3, "defghij"u8));
    }

    [Fact]
    public void Four_runs_behind_holes_are_told_apart_and_merge_when_filled()
    {
        for (uint run = 1; run <= PassedRanges.MaxRuns; run++)
            Assert.True(_passed.TryAdd(First + (run * 10), First + (run * 10) + 5));
        Assert.False(_passed.TryAdd(First + 100, First + 105));
        Assert.True(_passed.TryAdd(First + 15, First + 20));
        Assert.True(_passed.TryAdd(First + 100, First + 105));
        Assert.True(_passed.TryAdd(First, First + 100));
        Assert.Equal(First + 105, _passed.Front);
    }

    [Fact]
    public void What_is_older_than_the_ring_agrees_with_everything()
    {
        Pass(0, "abc"u8);
        Pass(3, new byte[PassedBytes.BytesPerDirection]);
        Assert.False(Differs(0, "xyz"u8));
        Assert.True(Differs(3, "x"u8));
    }

    private bool Differs(uint offset, ReadOnlySpan<byte> bytes) => _passed.Differs(First + offset, bytes, _end, _ring);

    private void Pass(uint offset, ReadOnlySpan<byte> bytes)
    {
        Assert.True(_passed.TryAdd(First + offset, First + offset + (uint)bytes.Length));
        PassedBytes.Write(_ring, First + offset, bytes);
        if (unchecked((int)(First + offset + (uint)bytes.Length - _end)) > 0)
            _end = First + offset + (uint)bytes.Length;
    }
}
