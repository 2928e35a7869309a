using Gateway.Core.Net;
using Gateway.Core.Policy;
using Gateway.Dataplane.Filter;
using Gateway.Dataplane.Tests.Pipeline;

namespace Gateway.Dataplane.Tests.Filter;

public sealed class PolicyImageTests
{
    [Theory]
    [InlineData("Enforce Quarantine", 0)]
    [InlineData("Quarantine Enforce", 1)]
    [InlineData("CutOff Enforce Quarantine", 1)]
    [InlineData("Enforce CutOff", 0)]
    [InlineData("CutOff Quarantine", 0)]
    [InlineData("Quarantine CutOff", 1)]
    [InlineData("Quarantine Quarantine", 0)]
    public void The_approved_device_of_a_link_counts_then_the_one_cut_off_then_the_first(string onTheLink, int chosen)
    {
        var image = Image([.. onTheLink.Split(' ').Select(Enum.Parse<Enforcement>)]);
        Assert.Equal(chosen, image.DeviceByLink[TestBox.PlcLink]);
        Assert.Equal(-1, image.DeviceByLink[TestBox.SorterLink]);
    }

    [Fact]
    public void A_newcomer_that_was_only_seen_leaves_the_approved_device_its_link()
    {
        var policy = TestBox.DefaultPolicy();
        using var box = new TestBox(policy with { Devices = policy.Devices.Add(Device(9, Enforcement.Quarantine)) });
        box.Receive(TestBox.Plc, TestBox.ArpRequest(TestBox.Plc, TestBox.DeviceGateway));
        Assert.Contains(box.TakeSent(), sent => sent.Link == TestBox.PlcLink);
    }

    private static PolicyImage Image(Enforcement[] enforcements) => new(
        TestBox.DefaultPolicy() with
        {
            Devices = [.. enforcements.Select((enforcement, number) => Device(number, enforcement))],
            Grants = [],
            Conduits = [],
        },
        version: 1, hash: "", new EntitySlots());

    private static CompiledDevice Device(int number, Enforcement enforcement) => new(
        $"device-{number}", $"device-{number}", TestBox.PlcLink, MacAddress.FromValue(0x02_00_00_00_01_00 + (ulong)number),
        Ipv4Prefix.Parse("192.168.10.77/24"), TestBox.DeviceGateway, new Ipv4Address(Ipv4Address.Parse("100.64.1.0").Value + (uint)number), enforcement, MaxFlows: 16);
}
