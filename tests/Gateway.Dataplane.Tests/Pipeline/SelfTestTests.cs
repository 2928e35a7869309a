using Gateway.Core.Control;
using Gateway.Core.Devices;
using Gateway.Core.Net;
using Gateway.Core.Policy;
using Gateway.Dataplane.Segments;
using Gateway.Dataplane.Wire;

namespace Gateway.Dataplane.Tests.Pipeline;

/// <summary>The self-test of a segment: what it asks, and what it concludes from the answers.</summary>
public sealed class SelfTestTests : IDisposable
{
    private static readonly Ipv4Address Nobody = Ipv4Address.Parse("192.168.10.254");

    private readonly TestBox _box = new();

    public void Dispose() => _box.Dispose();

    [Fact]
    public void A_device_alone_on_its_socket_is_graded_A_once_it_was_tested()
    {
        Assert.Equal(IsolationGrade.Unknown, Grade(0));
        var asked = TestOnce();
        Assert.Contains(asked, a => a is { Link: TestBox.PlcLink, Target: "192.168.10.254" });
        Assert.Contains(asked, a => a is { Link: TestBox.SorterLink, Target: "192.168.10.21" });
        Assert.DoesNotContain(asked, a => a.Link is TestBox.HostLink or TestBox.UplinkLink);
        Assert.Equal(IsolationGrade.A, Grade(0));
    }

    [Fact]
    public void Tests_are_a_minute_apart_and_cost_a_frame_for_each_link()
    {
        TestOnce();
        _box.Pass(30_000);
        Assert.DoesNotContain(Asked(), a => a.Target == Nobody.ToString());
        _box.Pass(31_000);
        Assert.Single(Asked(), a => a is { Link: TestBox.PlcLink, Target: "192.168.10.254" });
    }

    [Fact]
    public void Who_answers_for_an_address_that_is_nobodys_stands_for_others_and_keeps_its_binding()
    {
        TestOnce();
        _box.Receive(TestBox.Plc, Reply(TestBox.Plc with { Address = Nobody }));
        Assert.Equal(IsolationGrade.C, Grade(0));
        _box.Pass(2_000);
        Assert.Empty(_box.Records);
        // Control: the same reply when nobody asked is another address, which is looked into.
        _box.Receive(TestBox.Plc, Reply(TestBox.Plc with { Address = Ipv4Address.Parse("192.168.10.250") }));
        _box.Pass(2_000);
        Assert.Contains(_box.Records, r => r.Binding == BindingState.AddressChanged);
    }

    [Fact]
    public void A_second_machine_on_the_socket_makes_it_D()
    {
        TestOnce();
        var second = TestBox.Plc with { Mac = MacAddress.Parse("00:0c:29:00:00:66"), Address = Ipv4Address.Parse("192.168.10.77") };
        _box.Receive(second, TestBox.ArpRequest(second, TestBox.DeviceGateway));
        _box.Receive(TestBox.Plc, TestBox.ArpReply(TestBox.Plc, TestBox.DeviceGateway));
        _box.Pass(1_000);
        Assert.Equal((IsolationGrade.D, IsolationGrade.A), (Grade(0), Grade(1)));
        // An hour of silence later it is good again; the control is that the tests went on.
        Asked();
        _box.Box.NowMs += Isolation.FindingLifetimeSeconds * 1_000L;
        TestOnce();
        Assert.Equal(IsolationGrade.A, Grade(0));
    }

    [Theory]
    [InlineData(TestBox.SorterLink)]
    [InlineData(TestBox.EmptyLink)]
    public void A_device_that_is_heard_on_another_socket_shares_its_segment(int link)
    {
        TestOnce();
        _box.Receive(link, Reply(TestBox.Plc));
        Assert.Equal(IsolationGrade.D, Grade(0));
    }

    [Fact]
    public void A_device_whose_cable_was_moved_is_not_in_two_places()
    {
        TestOnce();
        _box.Box.Links[TestBox.PlcLink].Up = false;
        _box.Pipeline.Guard.LinkDown(0);
        _box.Receive(TestBox.EmptyLink, Reply(TestBox.Plc));
        Assert.Equal(IsolationGrade.Unknown, Grade(0));
    }

    private IsolationGrade Grade(int device)
    {
        var runtime = _box.Box.Runtime(device);
        return Isolation.Judge(runtime.Isolation.At(_box.Box.NowMs), 0, runtime.Binding == BindingState.Verified).Grade;
    }

    private List<(int Link, string Target)> TestOnce()
    {
        _box.Pass(SegmentLimits.FirstSelfTestMs + 100);
        return Asked();
    }

    private List<(int Link, string Target)> Asked() =>
    [
        .. _box.TakeSent().Where(s => s.Frame[13] == 0x06).Select(s => (s.Link, Ipv4Address.Read(s.Frame.AsSpan(38)).ToString())),
    ];

    private static byte[] Reply(TestHost from) => TestBox.ArpReply(from, TestBox.DeviceGateway);
}
