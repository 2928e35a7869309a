using FsCheck;
using FsCheck.Fluent;
using Gateway.Core.Policy;

namespace Gateway.Core.Tests.Policy;

/// <summary>What holds for every right document.</summary>
public sealed class PolicyPropertyTests
{
    private static void Holds(Func<SiteDocument, bool> property, int documents = 300) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(documents), Prop.ForAll(SiteGenerator.Documents, property));

    [Fact]
    public void The_documents_of_these_tests_hold_grants_of_every_kind()
    {
        var conduits = Enumerable.Range(0, 100).Select(seed => Sites.Policy(SiteGenerator.Make(new Random(seed)))).SelectMany(p => p.Conduits).ToList();
        var kinds = conduits.GroupBy(c => (c.From.Kind, c.To.Kind)).ToDictionary(g => g.Key, g => g.Count());
        (EntityKind, EntityKind)[] wanted =
        [
            (EntityKind.Device, EntityKind.Device), (EntityKind.Device, EntityKind.Peer), (EntityKind.Device, EntityKind.Service),
            (EntityKind.Peer, EntityKind.Device), (EntityKind.Caller, EntityKind.Device), (EntityKind.Gateway, EntityKind.Device),
        ];
        Assert.All(wanted, pair => Assert.True(kinds.GetValueOrDefault(pair) >= 10, $"{pair}: {kinds.GetValueOrDefault(pair)}"));
    }

    [Fact]
    [Trait("Category", "Slow")]
    public void Writing_and_reading_gives_the_same_document() => Holds(document =>
    {
        var read = SiteReader.Read(SiteWriter.Write(document));
        Assert.True(read.Valid, string.Join('\n', read.Errors));
        Assert.Equal(document, read.Document);
        return SiteDiff.Compare(document, read.Document).Count == 0;
    });

    [Fact]
    [Trait("Category", "Slow")]
    public void A_blob_gives_the_same_policy_and_the_same_blob() => Holds(document =>
    {
        var policy = Sites.Policy(document);
        var blob = PolicyBlob.Write(policy);
        Assert.Equal(policy, PolicyBlob.Read(blob));
        return blob.AsSpan().SequenceEqual(PolicyBlob.Write(PolicyBlob.Read(blob)));
    });

    [Fact]
    [Trait("Category", "Slow")]
    public void The_order_of_lists_changes_nothing_once_segment_addresses_are_written() => Holds(document =>
    {
        var policy = Sites.Policy(document);
        var given = document with
        {
            Devices = [.. document.Devices.Select(d => d with { SegmentAddress = policy.Devices.Single(c => c.Name == d.Name).SegmentAddress })],
        };
        var turned = given with
        {
            Links = [.. given.Links.Reverse()],
            Devices = [.. given.Devices.Reverse()],
            Peers = [.. given.Peers.Reverse()],
            Services = [.. given.Services.Reverse()],
            Callers = [.. given.Callers.Reverse()],
            Grants = [.. given.Grants.Select(g => g with { Allow = [.. g.Allow.Reverse()] }).Reverse()],
        };
        return PolicyBlob.Write(policy).AsSpan().SequenceEqual(PolicyBlob.Write(Sites.Policy(turned)));
    });

    [Fact]
    [Trait("Category", "Slow")]
    public void The_explainer_agrees_with_a_plain_reading_of_the_document()
    {
        var (allowed, refused) = (0, 0);
        Holds(document =>
        {
            var policy = Sites.Policy(document);
            var random = new Random(document.Grants.Length);
            for (var i = 0; i < 40; i++)
            {
                var query = SiteGenerator.Question(document, policy, random);
                var (grants, reason) = NaiveEvaluator.Evaluate(document, query);
                var answer = Explainer.Explain(policy, document, query);
                Assert.Equal(grants.Length > 0, answer.Allowed);
                Assert.Equal(answer.Allowed ? null : reason, answer.Reason);
                if (answer.Allowed)
                    Assert.Contains(answer.Grant, grants);
                Assert.NotEmpty(answer.Sentence);
                Assert.True(answer.Near.Length <= Explainer.MaxNear);
                _ = answer.Allowed ? allowed++ : refused++;
            }
            return true;
        });
        Assert.True(allowed > 1_000 && refused > 1_000, $"{allowed} allowed, {refused} refused: the questions are too one-sided");
    }

    [Fact]
    [Trait("Category", "Slow")]
    public void No_source_ever_knows_two_targets_by_one_address_and_port() => Holds(document =>
    {
        foreach (var flow in Sites.Policy(document).Conduits.GroupBy(c => (c.From, c.SeenAt, c.Port.Transport)))
        {
            foreach (var (a, b) in flow.SelectMany(a => flow.Select(b => (a, b))))
                Assert.True(a.To == b.To || !a.Port.Ports.Overlaps(b.Port.Ports));
        }
        return true;
    });

    [Fact]
    [Trait("Category", "Slow")]
    public void Every_device_has_a_segment_address_of_its_own() => Holds(document =>
    {
        var policy = Sites.Policy(document);
        var addresses = policy.Devices.Select(d => d.SegmentAddress).Append(policy.Links.SingleOrDefault(l => l.Role == LinkRole.Host)?.Address?.Address ?? new(1)).ToList();
        return addresses.Distinct().Count() == addresses.Count && policy.Devices.All(d => policy.SegmentRange.IsHost(d.SegmentAddress));
    });
}
