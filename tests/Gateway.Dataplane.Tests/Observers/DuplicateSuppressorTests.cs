using Gateway.Core.Discovery;
using Gateway.Core.Net;
using Gateway.Dataplane.Observers;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Dataplane.Tests.Observers;

public sealed class DuplicateSuppressorTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(60);
    private readonly FakeTimeProvider _time = new();
    private readonly DuplicateSuppressor _suppressor;

    public DuplicateSuppressorTests() => _suppressor = new DuplicateSuppressor(_time, Interval);

    [Fact]
    public void The_same_is_told_once_within_the_interval_and_again_after_it()
    {
        Assert.True(_suppressor.Admits(Make("plc-7")));
        _time.Advance(Interval - TimeSpan.FromSeconds(1));
        Assert.False(_suppressor.Admits(Make("plc-7")));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(_suppressor.Admits(Make("plc-7")));
        Assert.False(_suppressor.Admits(Make("plc-7")));
        Assert.Equal((2, 0), (_suppressor.Repeated, _suppressor.Overflowed));
    }

    [Fact]
    public void Whatever_differs_is_told()
    {
        var first = Make("plc-7");
        Assert.All(
            [
                first,
                first with { Value = "plc-8" },
                first with { Link = "socket-2" },
                first with { Mac = MacAddress.FromValue(7) },
                first with { Source = ObservationSource.Lldp },
                first with { Attribute = EvidenceAttribute.Model },
            ],
            observation => Assert.True(_suppressor.Admits(observation)));
    }

    [Fact]
    public void A_later_time_alone_is_no_difference()
    {
        Assert.True(_suppressor.Admits(Make("plc-7")));
        Assert.False(_suppressor.Admits(Make("plc-7") with { At = DateTimeOffset.MaxValue }));
    }

    [Fact]
    public void A_device_that_makes_up_values_fills_its_own_table_and_no_one_elses()
    {
        for (var i = 0; i < DuplicateSuppressor.MaxPerLink + 100; i++)
            Assert.Equal(i < DuplicateSuppressor.MaxPerLink, _suppressor.Admits(Make($"made-up-{i}")));
        Assert.Equal(100, _suppressor.Overflowed);
        Assert.True(_suppressor.Admits(Make("made-up-0") with { Link = "socket-2" }));
        Assert.True(_suppressor.Admits(Presence(1)));
    }

    [Fact]
    public void A_full_table_has_room_again_after_the_interval()
    {
        for (var i = 0; i <= DuplicateSuppressor.MaxPerLink; i++)
            _suppressor.Admits(Make($"made-up-{i}"));
        Assert.False(_suppressor.Admits(Make("new")));
        _time.Advance(Interval);
        Assert.True(_suppressor.Admits(Make("new")));
    }

    [Fact]
    public void Hardware_addresses_have_a_bound_of_their_own()
    {
        for (var i = 0; i < DuplicateSuppressor.MaxPresencesPerLink + 10; i++)
            Assert.Equal(i < DuplicateSuppressor.MaxPresencesPerLink, _suppressor.Admits(Presence((ulong)i)));
        Assert.True(_suppressor.Admits(Make("plc-7")));
    }

    [Fact]
    public void Links_are_bounded_too()
    {
        for (var i = 0; i < DuplicateSuppressor.MaxLinks; i++)
            Assert.True(_suppressor.Admits(Presence(1) with { Link = $"link-{i}" }));
        Assert.False(_suppressor.Admits(Presence(1) with { Link = "one-more" }));
        Assert.Equal(1, _suppressor.Overflowed);
    }

    private static Observation Make(string name) => new(
        DateTimeOffset.UnixEpoch, "socket-1", MacAddress.FromValue(1), ObservationSource.Dhcp, EvidenceAttribute.HostName, name);

    private static Observation Presence(ulong mac) => new(
        DateTimeOffset.UnixEpoch, "socket-1", MacAddress.FromValue(mac), ObservationSource.Ethernet, EvidenceAttribute.Presence, "");
}
