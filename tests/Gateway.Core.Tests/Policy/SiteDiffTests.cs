using Gateway.Core.Policy;

namespace Gateway.Core.Tests.Policy;

public sealed class SiteDiffTests
{
    [Theory]
    [InlineData("site: hall-3", "site: hall-4", "site is hall-4, was hall-3")]
    [InlineData("max-flows: 64", "max-flows: 65", "device plc-7: max-flows is 65, was 64")]
    [InlineData("    max-flows: 64\n", "", "device plc-7: max-flows is no longer set, was 64")]
    [InlineData("address: 10.5.0.9/24", "address: 10.5.0.9/24\n    gateway: 10.5.0.1", "device camera-1: gateway is 10.5.0.1, was not set")]
    [InlineData("labels: { kind: camera }", "labels: { kind: cam }", "device camera-1: labels is { kind: cam }, was { kind: camera }")]
    [InlineData("comment: trend display", "comment: trends", "grant scada-reads-fillers: comment is trends, was trend display")]
    [InlineData("udp/123", "udp/124", "grant devices-ask-time: allow is { port: udp/124 }, was { port: udp/123 }")]
    [InlineData("  - { name: recorder, link: uplink, address: 10.77.0.6 }\n", "  - { name: recorder, link: uplink, address: 10.77.0.6 }\n  - { name: log, link: uplink, address: 10.77.0.7 }\n",
        "peer log added: link uplink, address 10.77.0.7")]
    public void A_change_is_one_line(string old, string now, string line) =>
        Assert.Equal([line], SiteDiff.Compare(Sites.Document(), Sites.Document(Sites.With(old, now))));

    [Fact]
    public void Removed_things_come_before_added_ones()
    {
        var now = Sites.Document() with { Grants = [Sites.Document().Grants[0] with { Name = "new-name" }, .. Sites.Document().Grants[2..]] };
        Assert.Equal(
            [
                "grant scada-reads-fillers removed",
                "grant sorter-drives-plc removed",
                "grant new-name added: from { caller: scada }, to { devices: { kind: plc, line: filler-2 } }, allow { port: tcp/502, inspect: modbus, operations: read }, comment trend display",
            ],
            SiteDiff.Compare(Sites.Document(), now));
    }

    [Fact]
    public void Another_order_is_told_because_it_moves_segment_addresses()
    {
        var site = Sites.Document();
        Assert.Equal(["devices stand in another order"], SiteDiff.Compare(site, site with { Devices = [.. site.Devices.Reverse()] }));
    }

    [Fact]
    public void Equal_documents_have_no_changes() => Assert.Empty(SiteDiff.Compare(Sites.Document(), Sites.Document("# other lines\n\n" + Sites.Hall)));
}
