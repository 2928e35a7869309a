using Gateway.Fuzz;

namespace Gateway.Dataplane.Tests.Fuzzing;

/// <summary>What holds for every parser: on any bytes it refuses, or gives a view whose every field can be read and fits the bytes.
/// Each target reads all fields and checks them; here are the bytes.</summary>
public sealed class SampleTests
{
    [Theory, MemberData(nameof(Samples.Targets), MemberType = typeof(Samples))]
    public void Every_seed_and_every_old_crash_holds(string name)
    {
        var target = FuzzTargets.Get(name);
        var samples = Samples.Of(target);
        Assert.NotEmpty(SampleFolder.Read(SampleFolder.Seeds(target)));
        foreach (var (_, bytes) in samples)
            target.Fuzz(bytes);
    }

    [Theory, MemberData(nameof(Samples.Targets), MemberType = typeof(Samples))]
    public void Every_truncation_of_every_sample_holds(string name)
    {
        var target = FuzzTargets.Get(name);
        foreach (var (_, bytes) in Samples.Of(target))
        {
            // A copy of its own for each length, so that reading beyond it is reading beyond the array.
            for (var length = 0; length <= bytes.Length; length++)
                target.Fuzz(bytes.AsSpan(0, length).ToArray());
        }
    }

    [Theory, MemberData(nameof(Samples.Targets), MemberType = typeof(Samples))]
    public void Flipped_bits_of_every_sample_hold(string name)
    {
        var target = FuzzTargets.Get(name);
        // Every bit, or for a slow target as many as it has runs; an odd step, so that no bit of a byte is left out.
        Flip(target, step: (Samples.Of(target).Sum(sample => sample.Bytes.Length * 8) / target.Runs) | 1);
    }

    [Theory, MemberData(nameof(Samples.SlowTargets), MemberType = typeof(Samples))]
    [Trait("Category", "Slow")]
    public void Every_flipped_bit_of_every_sample_holds(string name) => Flip(FuzzTargets.Get(name), step: 1);

    [Theory, MemberData(nameof(Samples.Targets), MemberType = typeof(Samples))]
    public void Random_changes_of_the_samples_hold(string name) => Mutate(FuzzTargets.Get(name), FuzzTargets.Get(name).Runs);

    [Theory, MemberData(nameof(Samples.SlowTargets), MemberType = typeof(Samples))]
    [Trait("Category", "Slow")]
    public void Many_random_changes_of_the_samples_hold(string name) => Mutate(FuzzTargets.Get(name), FuzzTarget.ManyRuns);

    [Fact]
    public void The_mutator_finds_a_planted_fault_and_gives_the_same_samples_again()
    {
        var samples = Samples.Of(FuzzTargets.Get("Lldp")).Select(sample => sample.Bytes).ToList();
        var found = Enumerable.Range(0, 2).Select(_ =>
        {
            var mutator = new Mutator(samples, seed: 1);
            for (var run = 0; run < FuzzTarget.ManyRuns; run++)
            {
                // The fault: trusts the length byte of the second part. Every seed is right there.
                var sample = mutator.Next();
                if (sample.Length > 9 && sample[0] == 2 && sample[1] > sample.Length)
                    return run;
            }
            return -1;
        }).ToList();
        Assert.NotEqual(-1, found[0]);
        Assert.Equal(found[0], found[1]);
    }

    [Fact]
    public void A_broken_promise_is_seen() => Assert.Throws<BrokenPromiseException>(() => Promise.Keep(false, "x"));

    private static void Flip(FuzzTarget target, int step)
    {
        foreach (var (_, bytes) in Samples.Of(target))
        {
            for (var bit = 0; bit < bytes.Length * 8; bit += step)
            {
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
                Try(target, bytes, bit);
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }
    }

    private static void Mutate(FuzzTarget target, int runs)
    {
        var mutator = new Mutator([.. Samples.Of(target).Select(sample => sample.Bytes)], seed: 20_000);
        for (var run = 0; run < runs; run++)
            Try(target, mutator.Next(), run);
    }

    private static void Try(FuzzTarget target, ReadOnlySpan<byte> sample, int run)
    {
        try
        {
            target.Fuzz(sample);
        }
        catch (Exception e)
        {
            Assert.Fail($"run {run}: {Convert.ToHexStringLower(sample)}: {e}");
        }
    }
}
