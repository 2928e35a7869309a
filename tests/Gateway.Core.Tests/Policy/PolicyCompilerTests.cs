using Gateway.Core.Net;
using Gateway.Core.Policy;

namespace Gateway.Core.Tests.Policy;

public sealed class PolicyCompilerTests
{
    /// <summary>The table of decision 0001, a row each, with and without <c>as</c>.</summary>
    [Theory]
    [InlineData("caller: call", "device: plc-b", "100.64.0.3", "192.168.10.1")]
    [InlineData("gateway: true", "device: plc-b", "100.64.0.3", "192.168.10.1")]
    [InlineData("device: plc-a", "device: plc-b", "192.168.10.22", "192.168.10.1")]
    [InlineData("device: plc-a", "service: hist", "10.20.0.30", "100.64.0.2")]
    [InlineData("device: plc-a", "peer: ntp", "10.77.0.5", "10.77.0.254")]
    [InlineData("peer: ntp", "device: plc-b", "100.64.0.3", "192.168.10.1")]
    [InlineData("caller: call, as: 192.168.10.50", "device: plc-b", "100.64.0.3", "192.168.10.50")]
    [InlineData("device: plc-a", "device: plc-b, as: 10.1.1.1", "10.1.1.1", "192.168.10.1")]
    [InlineData("device: plc-a, as: 192.168.10.50", "device: plc-b", "192.168.10.22", "192.168.10.50")]
    [InlineData("device: plc-a", "service: hist, as: 10.2.2.2", "10.2.2.2", "100.64.0.2")]
    [InlineData("device: plc-a, as: 10.77.0.99", "peer: ntp, as: 192.168.10.99", "192.168.10.99", "10.77.0.99")]
    [InlineData("peer: ntp", "device: plc-b, as: 10.77.0.22", "10.77.0.22", "192.168.10.1")]
    public void Each_pair_has_its_seen_at_and_shown_as(string from, string to, string seenAt, string shownAs)
    {
        var conduit = Assert.Single(Sites.Policy(Two($"{{ name: g, from: {{ {from} }}, to: {{ {to} }}{(to.Contains("service", StringComparison.Ordinal) ? "" : ", allow: [ { port: tcp/80 } ]")} }}")).Conduits);
        Assert.Equal((seenAt, shownAs), ($"{conduit.SeenAt}", $"{conduit.ShownAs}"));
    }

    [Fact]
    public void Without_a_gateway_address_the_first_host_that_is_not_the_device_is_taken()
    {
        var devices = Sites.Policy(Sites.With("address: 10.5.0.9/24", "address: 10.5.0.1/24")).Devices;
        Assert.Equal("10.5.0.2", devices.Single(d => d.Name == "camera-1").GatewayAddress.ToString());
        Assert.Equal("192.168.10.1", devices.Single(d => d.Name == "sorter").GatewayAddress.ToString());
    }

    [Fact]
    public void Segment_addresses_are_given_in_the_order_of_the_list_around_those_that_are_taken()
    {
        var devices = Sites.Policy(Sites.With("segment: 100.64.0.7", "segment: 100.64.0.3")).Devices.ToDictionary(d => d.Name, d => d.SegmentAddress.ToString());
        Assert.Equal(("100.64.0.3", "100.64.0.2", "100.64.0.4"), (devices["plc-7"], devices["sorter"], devices["camera-1"]));
    }

    [Fact]
    public void The_host_link_keeps_its_address_wherever_it_lies()
    {
        var devices = Sites.Policy(Sites.With("address: 100.64.0.1/16 }", "address: 100.64.0.2/16 }")).Devices.ToDictionary(d => d.Name, d => d.SegmentAddress.ToString());
        Assert.Equal(("100.64.0.1", "100.64.0.3"), (devices["sorter"], devices["camera-1"]));
    }

    [Fact]
    public void Without_a_host_link_the_first_address_stays_free_for_one() =>
        Assert.Equal("100.64.0.2", Sites.Policy(NoHost).Devices[0].SegmentAddress.ToString());

    [Fact]
    public void A_service_keeps_its_listener_port_when_others_come_and_go()
    {
        static ushort Port(string services) => Sites.Policy(Sites.With("  - { name: historian, fabric: corridor, remote: influx, port: tcp/8086, address: 10.20.0.30 }\n",
            $"  - {{ name: historian, fabric: corridor, port: tcp/8086, address: 10.20.0.30 }}\n{services}")).Services.Single(s => s.Name == "historian").ListenerPort;
        var alone = Port("");
        Assert.InRange(alone, PolicyLimits.FirstListenerPort, PolicyLimits.FirstListenerPort + PolicyLimits.ListenerPorts - 1);
        Assert.Equal(alone, Port("  - { name: aaa, fabric: corridor, port: tcp/1, address: 10.20.0.31 }\n  - { name: zzz, fabric: corridor, port: tcp/2, address: 10.20.0.31 }\n"));
    }

    [Fact]
    public void Every_service_has_a_listener_port_of_its_own_even_when_there_are_many()
    {
        var services = string.Concat(Enumerable.Range(0, PolicyLimits.MaxServices).Select(i => $"  - {{ name: s{i}, fabric: f, port: tcp/80 }}\n"));
        var policy = Sites.Policy($"""
            version: 1
            site: hall-3
            links: [ {Host} ]
            fabrics: [ {Fabric} ]
            services:
            {services}
            """);
        Assert.Equal(PolicyLimits.MaxServices, policy.Services.Select(s => s.ListenerPort).Distinct().Count());
    }

    [Fact]
    public void Labels_select_every_carrier_and_only_those()
    {
        var policy = Sites.Policy(Sites.With("labels: { kind: camera }", "labels: { kind: camera, line: filler-2 }"));
        var grant = policy.Grants.Select((g, i) => (g, i)).Single(x => x.g.Name == "devices-ask-time").i;
        Assert.Equal(
            ["camera-1", "plc-7", "sorter"],
            policy.Conduits.Where(c => c.Grant == grant).Select(c => policy.Devices[c.From.Index].Name).Order());
    }

    [Fact]
    public void The_order_of_allowed_ports_changes_no_byte()
    {
        static byte[] Blob(string allow) => PolicyBlob.Write(Sites.Policy(Two(
            $"{{ name: g, from: {{ device: plc-a }}, to: {{ device: plc-b }}, allow: [ {allow} ] }}")));
        const string Read = "{ port: tcp/502, inspect: modbus, operations: \"3|0-9\" }";
        const string Write = "{ port: tcp/502, inspect: modbus, operations: \"6|5\" }";
        Assert.Equal(Blob($"{Read}, {Write}"), Blob($"{Write}, {Read}"));
    }

    [Fact]
    public void Labels_on_both_sides_mean_every_pair_but_none_with_itself()
    {
        var policy = Sites.Policy(Two("{ name: g, from: { devices: { line: x } }, to: { devices: { line: x } }, allow: [ { port: tcp/80 } ] }"));
        Assert.Equal(
            [("plc-a", "plc-b"), ("plc-b", "plc-a")],
            policy.Conduits.Select(c => (policy.Devices[c.From.Index].Name, policy.Devices[c.To.Index].Name)));
    }

    [Theory]
    [InlineData("quarantine", "identify")]
    [InlineData("cut-off", "")]
    public void A_device_that_is_not_enforced_has_no_conduits_but_the_gateways_own_questions(string enforcement, string left)
    {
        var policy = Sites.Policy(Sites.With("enforcement: enforce", $"enforcement: {enforcement}"));
        var plc = policy.Devices.Select((d, i) => (d, i)).Single(x => x.d.Name == "plc-7").i;
        var grants = policy.Conduits.Where(c => c.From == new EntityRef(EntityKind.Device, plc) || c.To == new EntityRef(EntityKind.Device, plc))
            .Select(c => policy.Grants[c.Grant].Name);
        Assert.Equal(left.Length == 0 ? [] : [left], grants);
        Assert.Contains(policy.Conduits, c => policy.Grants[c.Grant].Name == "recorder-takes-pictures");
    }

    [Fact]
    public void Conduits_are_sorted_by_source_address_transport_and_port()
    {
        var conduits = Sites.Policy().Conduits;
        Assert.Equal(conduits, conduits.OrderBy(c => c.From.Kind).ThenBy(c => c.From.Index).ThenBy(c => c.SeenAt).ThenBy(c => c.Port.Transport).ThenBy(c => c.Port.Ports.First));
    }

    [Fact]
    public void A_comment_in_the_file_changes_no_byte_of_the_policy() => Assert.Equal(
        PolicyBlob.Write(Sites.Policy()), PolicyBlob.Write(Sites.Policy("# a comment\n\n" + Sites.Hall)));

    [Fact]
    public void A_document_made_by_a_program_is_checked_like_a_file()
    {
        var document = Sites.Document();
        var wrong = document with { Devices = document.Devices.SetItem(0, document.Devices[0] with { Link = "nowhere", MaxFlows = 0, Mac = MacAddress.Broadcast }) };
        Assert.Equal(
            ["devices[0].link", "devices[0].mac", "devices[0].max-flows"], PolicyCompiler.Compile(wrong).Errors.Select(e => e.Field).Order());
        Assert.Null(PolicyCompiler.Compile(wrong).Policy);
    }

    private const string Host = "{ name: host, role: host, interface: h, address: 100.64.0.1/16 }";
    private const string Fabric = "{ name: f, kind: corridor, hub: \"h:1\", authority: a.pem }";

    private const string NoHost = """
        version: 1
        site: hall-3
        links: [ { name: a, role: downlink, interface: a } ]
        devices: [ { name: plc-a, link: a, mac: "00:30:de:00:00:01", address: 192.168.10.21/24 } ]
        """;

    private static string Two(string grant) => $$"""
        version: 1
        site: hall-3
        links:
          - { name: a, role: downlink, interface: a }
          - { name: b, role: downlink, interface: b }
          - { name: up, role: uplink, interface: up, address: 10.77.0.254/24 }
          - {{Host}}
        fabrics: [ {{Fabric}} ]
        devices:
          - { name: plc-a, labels: { line: x }, link: a, mac: "00:30:de:00:00:01", address: 192.168.10.21/24, fabric: f }
          - { name: plc-b, labels: { line: x }, link: b, mac: "00:30:de:00:00:02", address: 192.168.10.22/24, fabric: f }
        peers: [ { name: ntp, link: up, address: 10.77.0.5 } ]
        services: [ { name: hist, fabric: f, port: tcp/8086, address: 10.20.0.30 } ]
        callers: [ { name: call, fabric: f, group: x } ]
        grants:
          - {{grant}}
        """;
}
