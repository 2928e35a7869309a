using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Gateway.Core.Discovery;
using static Gateway.Core.Discovery.EvidenceAttribute;
using static Gateway.Core.Discovery.ObservationSource;

namespace Gateway.Core.Tests.Discovery;

public sealed class FingerprintTests
{
    [Fact]
    public void The_same_value_again_is_counted_and_its_time_moves_on()
    {
        var seen = Fingerprint.Empty.With(Seen.At(0, Arp, Address, "10.0.0.1")).With(Seen.At(5, Arp, Address, "10.0.0.1"));
        var evidence = Assert.Single(seen.Evidence);
        Assert.Equal((2L, Seen.Start, Seen.Start.AddMinutes(5)), (evidence.Count, evidence.FirstSeen, evidence.LastSeen));
    }

    [Fact]
    public void An_observation_that_comes_late_moves_no_time_back()
    {
        var seen = Fingerprint.Empty.With(Seen.At(5, Arp, Address, "10.0.0.1")).With(Seen.At(0, Arp, Address, "10.0.0.1"));
        Assert.Equal((Seen.Start, Seen.Start.AddMinutes(5)), (seen.Evidence[0].FirstSeen, seen.Evidence[0].LastSeen));
    }

    [Fact]
    public void Each_source_stands_by_itself_with_its_own_trust()
    {
        var seen = Seen.Of((Oui, Vendor, "Murata"), (ModbusIdentification, Vendor, "Siemens"));
        Assert.Equal([(ModbusIdentification, 90), (Oui, 40)], seen.All(Vendor).Select(e => (e.Source, e.Confidence)));
    }

    [Fact]
    public void The_best_value_is_the_most_believed_then_the_latest()
    {
        var seen = Seen.Of((ModbusIdentification, Vendor, "Siemens"), (Oui, Vendor, "Murata"), (Dhcp, EvidenceAttribute.HostName, "old"), (Dhcp, EvidenceAttribute.HostName, "new"));
        Assert.Equal("Siemens", seen.Best(Vendor)!.Value);
        Assert.Equal("new", seen.Best(EvidenceAttribute.HostName)!.Value);
        Assert.Null(seen.Best(Model));
    }

    [Fact]
    public void Two_sources_that_disagree_are_a_conflict_on_both_sides()
    {
        var seen = Seen.Of((Oui, Vendor, "Murata Manufacturing"), (Lldp, Vendor, "Siemens AG"), (Dhcp, EvidenceAttribute.HostName, "plc-7"));
        Assert.All(seen.All(Vendor), e => Assert.True(seen.IsDisputed(e)));
        Assert.Equal([Vendor], seen.Disputed);
    }

    [Theory]
    [InlineData(Vendor, "Siemens AG", "SIEMENS")]
    [InlineData(Vendor, "Siemens AG", "Siemens Industrial Automation GmbH & Co. KG")]
    [InlineData(EvidenceAttribute.HostName, "PLC-7", "plc-7.local")]
    public void Two_ways_to_write_the_same_are_no_conflict(EvidenceAttribute attribute, string one, string other) =>
        Assert.Empty(Seen.Of((Oui, attribute, one), (Lldp, attribute, other)).Disputed);

    [Theory]
    [InlineData(Vendor, "Siemens AG", "Schneider Electric")]
    [InlineData(Model, "S7-1200", "s7-1200")]
    [InlineData(Vendor, "AG", "Siemens")]
    public void Other_values_are_a_conflict(EvidenceAttribute attribute, string one, string other) =>
        Assert.NotEmpty(Seen.Of((Oui, attribute, one), (Lldp, attribute, other)).Disputed);

    [Fact]
    public void A_value_that_a_source_gave_up_for_another_is_a_change_and_no_conflict()
    {
        var seen = Seen.Of((Dhcp, EvidenceAttribute.HostName, "old"), (Dhcp, EvidenceAttribute.HostName, "old"), (Dhcp, EvidenceAttribute.HostName, "new"));
        Assert.Empty(seen.Disputed);
        Assert.Equal("new", seen.Best(EvidenceAttribute.HostName)!.Value);
    }

    [Fact]
    public void Values_in_turns_from_one_source_are_a_conflict() =>
        Assert.Equal([Address], Seen.Of((Arp, Address, "10.0.0.1"), (Arp, Address, "10.0.0.2"), (Arp, Address, "10.0.0.1")).Disputed);

    [Fact]
    public void Many_partners_and_services_are_no_conflict() => Assert.Empty(Seen.Of(
        (Ipv4, Dials, "tcp/502 10.0.0.1"), (Ipv4, Dials, "tcp/502 10.0.0.2"), (Ipv4, Dials, "tcp/502 10.0.0.1"), (Mdns, Service, "_rtsp._tcp"), (Mdns, Service, "_http._tcp")).Disputed);

    [Fact]
    public void What_was_not_seen_for_longest_makes_room_and_is_counted()
    {
        var seen = Fingerprint.Empty;
        for (var i = 0; i < EvidenceLimits.SingleValues + 3; i++)
            seen = seen.With(Seen.At(i, Dhcp, EvidenceAttribute.HostName, $"host-{i}"));
        Assert.Equal(EvidenceLimits.SingleValues, seen.Evidence.Length);
        Assert.Equal(3, seen.Forgotten);
        Assert.DoesNotContain(seen.Evidence, e => e.Value is "host-0" or "host-1" or "host-2");
    }

    [Fact]
    public void A_flood_of_one_attribute_leaves_the_others_alone()
    {
        var seen = Seen.Of((Oui, Vendor, "Siemens AG"));
        for (var i = 0; i < 10_000; i++)
            seen = seen.With(Seen.At(i, Ipv4, Dials, $"tcp/{i} 10.0.0.1"));
        Assert.Equal("Siemens AG", seen.Best(Vendor)!.Value);
        Assert.Equal(EvidenceLimits.ManyValues, seen.All(Dials).Count());
        Assert.Equal(10_000 - EvidenceLimits.ManyValues, seen.Forgotten);
    }

    [Fact]
    public void A_value_that_is_too_long_is_cut() =>
        Assert.Equal(Observation.MaxValueLength, Seen.Of((Lldp, Description, new string('x', 1_000))).Evidence[0].Value.Length);

    [Fact]
    public void It_goes_into_the_store_and_back_as_it_was()
    {
        var seen = Seen.Of((Oui, Vendor, "Siemens AG"), (Arp, Address, "10.0.0.1"), (Mdns, Service, "_rtsp._tcp"));
        var json = JsonSerializer.Serialize(seen, DiscoveryJson.Default.Fingerprint);
        Assert.Contains("\"attribute\":\"Address\"", json, StringComparison.Ordinal);
        Assert.DoesNotContain("disputed", json, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(seen, JsonSerializer.Deserialize(json, DiscoveryJson.Default.Fingerprint));
    }

    [Fact]
    public void Whatever_is_seen_the_bounds_hold_and_nothing_is_lost_uncounted()
    {
        var attributes = Enum.GetValues<EvidenceAttribute>();
        var observation = from a in Gen.Elements(attributes)
                          from s in Gen.Elements(Enum.GetValues<ObservationSource>())
                          from v in Gen.Choose(0, 50)
                          from t in Gen.Choose(0, 1_000)
                          select Seen.At(t, s, a, $"v{v}");
        var lists = Arb.From(observation.ListOf(400));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(30), Prop.ForAll(lists, observations =>
        {
            var seen = observations.Aggregate(Fingerprint.Empty, (f, o) => f.With(o));
            Assert.All(attributes, a => Assert.True(seen.All(a).Count() <= EvidenceLimits.ValuesOf(a)));
            Assert.True(seen.Evidence.Length <= EvidenceLimits.Total);
            Assert.True(seen.Forgotten == 0 == (seen.Evidence.Sum(e => e.Count) == observations.Count));
            foreach (var attribute in attributes)
                Assert.Equal(seen.All(attribute).MaxBy(e => (e.Confidence, e.LastSeen))?.Confidence, seen.Best(attribute)?.Confidence);
        }));
    }
}
