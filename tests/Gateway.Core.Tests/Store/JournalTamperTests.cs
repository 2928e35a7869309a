using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using Gateway.Core.Store;
using Gateway.Core.Tests.Store.Simulation;

namespace Gateway.Core.Tests.Store;

/// <summary>Reliability P6: below the signed head, every change is found. Each test begins with the control that the unchanged journal
/// verifies, and ends with a count that cannot be zero.</summary>
[Trait("Category", "Slow")]
public sealed class JournalTamperTests
{
    private const int Records = 25;

    private readonly SimulatedFolder _healthy = JournalRig.Closed(Records);

    public JournalTamperTests()
    {
        var report = JournalRig.Verify(_healthy);
        Assert.Equal((Records, Records, true, null), (report.Records, report.SignedSequence, report.IsClosed, report.Torn));
    }

    [Fact]
    public void Every_flipped_byte_is_found()
    {
        var random = new Random(1);
        var flips = 0;
        foreach (var name in _healthy.List().Where(name => name != "lock"))
        {
            for (var at = 0; at < _healthy.Bytes(name).Length; at++, flips++)
            {
                var bytes = _healthy.Bytes(name);
                bytes[at] ^= (byte)(1 << random.Next(8));
                AssertFound(name, bytes, $"byte {at} of {name}");
            }
        }
        Assert.True(flips > 3000, $"only {flips} flips");
    }

    [Fact]
    public void Every_cut_at_the_end_of_every_file_is_found()
    {
        var cuts = 0;
        foreach (var name in _healthy.List())
        {
            for (var length = 0; length < _healthy.Bytes(name).Length; length++, cuts++)
                AssertFound(name, _healthy.Bytes(name)[..length], $"{name} cut to {length} bytes");
        }
        Assert.True(cuts > 3000, $"only {cuts} cuts");
    }

    [Fact]
    public void Every_record_taken_out_and_every_two_exchanged_are_found()
    {
        var changes = 0;
        foreach (var name in JournalRig.Segments(_healthy))
        {
            var (header, records) = Split(_healthy.Bytes(name));
            for (var first = 0; first < records.Count; first++)
            {
                AssertFound(name, Join(header, records.Where((_, index) => index != first)), $"{name} without record {first}");
                AssertFound(name, Join(header, records.Append(records[first])), $"{name} with record {first} again");
                changes += 2;
                for (var second = first + 1; second < records.Count; second++, changes++)
                {
                    var swapped = records.ToArray();
                    (swapped[first], swapped[second]) = (swapped[second], swapped[first]);
                    AssertFound(name, Join(header, swapped), $"{name} with {first} and {second} exchanged");
                }
            }
        }
        Assert.True(changes > 50, $"only {changes} changes");
    }

    [Fact]
    public void Every_file_taken_away_or_exchanged_is_found()
    {
        var names = _healthy.List().Where(name => name != "lock").ToList();
        foreach (var name in names)
        {
            var folder = _healthy.AfterKill();
            folder.Remove(name);
            Assert.ThrowsAny<JournalDamagedException>(() => JournalRig.Verify(folder));
            foreach (var other in names.Where(other => other != name))
                AssertFound(name, _healthy.Bytes(other), $"{name} replaced by {other}");
        }
    }

    [Fact]
    public void Anything_added_after_the_close_is_found()
    {
        var name = JournalRig.Segments(_healthy)[^1];
        AssertFound(name, [.. _healthy.Bytes(name), 0], "one byte added");
        // A record that chains on perfectly: the chain alone has no secret.
        var forged = _healthy.AfterKill();
        using (var journal = Journal.Open(JournalRig.Options(forged)))
            journal.Append("forged"u8);
        AssertFound(name, forged.Bytes(name), "a record forged");
    }

    [Fact]
    public void A_chain_made_anew_is_found_because_the_head_is_signed()
    {
        var other = new SimulatedFolder();
        using (var journal = Journal.Open(JournalRig.Options(other) with { Key = new StoreKey(ECDsa.Create(ECCurve.NamedCurves.nistP256)) }))
            JournalRig.Append(journal, 1, Records);
        var error = Assert.Throws<JournalDamagedException>(() => JournalRig.Verify(other));
        Assert.Contains("signature is not by the journal's key", error.Message, StringComparison.Ordinal);
        other.Put("head", _healthy.Bytes("head"));
        Assert.Equal(Records, JournalRig.Verify(other).Records);
        using (var journal = Journal.Open(JournalRig.Options(other)))
            journal.Append("something else"u8);
        other.Put("head", _healthy.Bytes("head"));
        Assert.Throws<JournalDamagedException>(() => JournalRig.Verify(other));
    }

    [Fact]
    public void A_journal_of_another_name_is_not_taken_for_this_one()
    {
        var other = new SimulatedFolder();
        using (var journal = Journal.Open(JournalRig.Options(other) with { Name = "other" }))
            JournalRig.Append(journal, 1, 3);
        var error = Assert.Throws<JournalDamagedException>(() => JournalRig.Verify(other));
        Assert.Contains("another name", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_old_copy_put_back_whole_is_found_with_a_head_noted_elsewhere()
    {
        var old = _healthy.AfterKill();
        JournalPosition noted;
        using (var journal = Journal.Open(JournalRig.Options(_healthy)))
        {
            JournalRig.Append(journal, Records + 1, Records + 3);
            noted = journal.Head;
        }
        Assert.Equal(Records, JournalRig.Verify(old).Records);
        Assert.Throws<JournalDamagedException>(() => JournalVerifier.Verify(old, "test", JournalRig.Key, noted));
        Assert.Equal(noted, JournalVerifier.Verify(_healthy, "test", JournalRig.Key, noted).Head);
    }

    [Fact]
    public void An_alarm_names_the_place_and_changes_nothing()
    {
        var segments = JournalRig.Segments(_healthy);
        var bytes = _healthy.Bytes(segments[0]);
        bytes[80 + 46] ^= 1;
        _healthy.Put(segments[0], bytes);
        var before = _healthy.Snapshot();
        var error = Assert.Throws<JournalDamagedException>(() => Journal.Open(JournalRig.Options(_healthy)));
        Assert.Equal((80, 1, Path.Combine("simulated", segments[0])), (error.OffsetBytes, error.Sequence, error.File));
        Assert.Equal(before, _healthy.Snapshot());
    }

    [Fact]
    public void Random_journals_with_random_changes_are_found_too()
    {
        var changes = Gen.Choose(0, int.MaxValue).Four().Select(seeds => new Random(HashCode.Combine(seeds)).Next());
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(300),
            Prop.ForAll(Gen.Choose(2, 40).SelectMany(records => changes.Select(seed => (records, seed))).ToArbitrary(), pair =>
            {
                var folder = JournalRig.Closed(pair.records);
                var control = JournalRig.Verify(folder).Records == pair.records;
                Spoil(folder, new Random(pair.seed));
                return control && Record.Exception(() => JournalRig.Verify(folder)) is JournalDamagedException;
            }));
    }

    /// <summary>Takes out, doubles, moves or overwrites a random run of bytes.</summary>
    private static void Spoil(SimulatedFolder folder, Random random)
    {
        var names = folder.List().Where(name => name != "lock").Order(StringComparer.Ordinal).ToList();
        var name = names[random.Next(names.Count)];
        var bytes = folder.Bytes(name);
        var changed = bytes;
        while (changed.AsSpan().SequenceEqual(bytes))
        {
            var at = random.Next(bytes.Length);
            var count = random.Next(1, bytes.Length - at + 1);
            changed = random.Next(4) switch
            {
                0 => [.. bytes[..at], .. bytes[(at + count)..]],
                1 => [.. bytes[..(at + count)], .. bytes[at..]],
                2 => [.. bytes[..at], .. bytes[(at + count)..], .. bytes[at..(at + count)]],
                _ => [.. bytes[..at], .. Enumerable.Range(0, count).Select(_ => (byte)random.Next(256)), .. bytes[(at + count)..]],
            };
        }
        folder.Put(name, changed);
    }

    private void AssertFound(string name, byte[] bytes, string what)
    {
        var folder = _healthy.AfterKill();
        folder.Put(name, bytes);
        if (name == "lock" || bytes.AsSpan().SequenceEqual(_healthy.Bytes(name)))
            return;
        Assert.True(Record.Exception(() => JournalRig.Verify(folder)) is JournalDamagedException, $"not found: {what}");
    }

    private static (byte[] Header, List<byte[]> Records) Split(byte[] segment)
    {
        var records = new List<byte[]>();
        for (var at = 80; at < segment.Length;)
        {
            var length = 78 + BitConverter.ToInt32(segment, at);
            records.Add(segment[at..(at + length)]);
            at += length;
        }
        return (segment[..80], records);
    }

    private static byte[] Join(byte[] header, IEnumerable<byte[]> records) => [.. header, .. records.SelectMany(record => record)];
}
