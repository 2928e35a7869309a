using Gateway.Core.Policy;

namespace Gateway.Core.Tests.Policy;

/// <summary>Grants that are right each by itself and wrong together.</summary>
public sealed class ConduitRuleTests
{
    [Fact]
    public void Two_cloned_devices_cannot_be_told_apart_by_one_source()
    {
        var error = Assert.Single(Errors(
            "{ name: one, from: { device: hmi }, to: { device: plc-a }, allow: [ { port: tcp/502 } ] }",
            "{ name: two, from: { device: hmi }, to: { device: plc-b }, allow: [ { port: tcp/500-510 } ] }"));
        Assert.Equal(("grants[1].to", "192.168.10.21"), (error.Field, error.Value));
        Assert.Equal(
            "grant one shows plc-a and grant two shows plc-b to hmi at this address and port tcp/502; give one of them another address by 'as' in 'to', one grant for each target",
            error.Message);
    }

    [Theory]
    [InlineData("{ name: two, from: { device: hmi }, to: { device: plc-b, as: 192.168.10.22 }, allow: [ { port: tcp/502 } ] }")]
    [InlineData("{ name: two, from: { device: hmi }, to: { device: plc-b }, allow: [ { port: tcp/503 } ] }")]
    [InlineData("{ name: two, from: { device: hmi }, to: { device: plc-b }, allow: [ { port: udp/502 } ] }")]
    [InlineData("{ name: two, from: { caller: call }, to: { device: plc-b }, allow: [ { port: tcp/502 } ] }")]
    public void Another_address_port_transport_or_source_tells_them_apart(string second) => Assert.Empty(Errors(
        "{ name: one, from: { device: hmi }, to: { device: plc-a }, allow: [ { port: tcp/502 } ] }", second));

    [Fact]
    public void A_label_that_selects_both_clones_is_named_as_the_grant_that_does()
    {
        var error = Assert.Single(Errors("{ name: all, from: { device: hmi }, to: { devices: { kind: plc } }, allow: [ { port: tcp/502 } ] }"));
        Assert.StartsWith("grant all would show both plc-a and plc-b to hmi", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_clone_of_the_source_itself_needs_another_address()
    {
        var error = Assert.Single(Errors("{ name: twins, from: { device: plc-a }, to: { device: plc-b }, allow: [ { port: tcp/502 } ] }"));
        Assert.Equal("grants[0].to", error.Field);
        Assert.Equal(
            "plc-a would have to reach plc-b at its own address; choose the address at which it knows plc-b, for example to: { device: plc-b, as: 192.168.10.254 }",
            error.Message);
    }

    [Theory]
    [InlineData("tcp/502", "tcp/502")]
    [InlineData("tcp/1-1000", "tcp/502")]
    public void A_grant_without_an_inspector_voids_one_with(string open, string inspected)
    {
        var error = Assert.Single(Errors(
            $"{{ name: bulk, from: {{ device: hmi }}, to: {{ device: plc-a }}, allow: [ {{ port: {open} }} ] }}",
            $"{{ name: read, from: {{ devices: {{ kind: hmi }} }}, to: {{ device: plc-a }}, allow: [ {{ port: {inspected}, inspect: modbus, operations: read }} ] }}"));
        Assert.Equal(
            "grants bulk and read both cover hmi to plc-a tcp/502, one inspected and one not, so nothing would be inspected; give both an inspector, or remove one of the two",
            error.Message);
    }

    [Fact]
    public void Another_address_does_not_hide_that_the_inspection_is_voided() => Assert.Single(Errors(
        "{ name: bulk, from: { device: hmi }, to: { device: plc-a, as: 10.9.9.9 }, allow: [ { port: tcp/502 } ] }",
        "{ name: read, from: { device: hmi }, to: { device: plc-a }, allow: [ { port: tcp/502, inspect: modbus, operations: read } ] }"));

    [Fact]
    public void Two_answers_to_a_refused_operation_contradict_each_other()
    {
        var error = Assert.Single(Errors(
            "{ name: one, from: { device: hmi }, to: { device: plc-a }, allow: [ { port: tcp/502, inspect: modbus, operations: read } ] }",
            "{ name: two, from: { device: hmi }, to: { device: plc-a }, allow: [ { port: tcp/502, inspect: modbus, operations: \"6|1\", refuse: drop } ] }"));
        Assert.Contains("different answers to a refused operation", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_inspected_grants_add_up() => Assert.Empty(Errors(
        "{ name: one, from: { device: hmi }, to: { device: plc-a }, allow: [ { port: tcp/502, inspect: modbus, operations: read } ] }",
        "{ name: two, from: { device: hmi }, to: { device: plc-a }, allow: [ { port: tcp/502, inspect: modbus, operations: \"6|1\" } ] }"));

    [Theory]
    [InlineData(8, 0)]
    [InlineData(9, 1)]
    public void At_most_eight_allowed_ports_apply_to_one_flow(int count, int errors)
    {
        var found = Errors([.. Enumerable.Range(0, count).Select(i =>
            $"{{ name: g{i}, from: {{ device: hmi }}, to: {{ device: plc-a }}, allow: [ {{ port: tcp/502, inspect: modbus, operations: \"6|{i}\" }} ] }}")]);
        Assert.Equal(errors, found.Count);
        Assert.All(found, e => Assert.Contains("more than 8 allowed ports cover hmi to plc-a tcp/502; put their operations into one line", e.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_service_without_an_address_needs_one_from_the_grant()
    {
        var error = Assert.Single(Errors("{ name: push, from: { device: hmi }, to: { service: nowhere } }"));
        Assert.Contains("add 'address' to the service or 'as' here", error.Message, StringComparison.Ordinal);
        Assert.Empty(Errors("{ name: push, from: { device: hmi }, to: { service: nowhere, as: 10.20.0.9 } }"));
    }

    [Theory]
    [InlineData("from: { peer: ntp }, to: { device: plc-a, as: 10.77.0.254 }", "the gateway's own address on up")]
    [InlineData("from: { peer: ntp }, to: { device: plc-a, as: 10.77.0.6 }", "a peer on up has this address itself")]
    [InlineData("from: { peer: ntp }, to: { device: plc-a, as: 10.77.0.255 }", "no host can have this address on up")]
    [InlineData("from: { device: hmi, as: 10.77.0.6 }, to: { peer: ntp }", "a peer on up has this address itself")]
    [InlineData("from: { device: hmi, as: 10.78.0.6 }, to: { peer: ntp }", "ntp answers only to addresses of 10.77.0.0/24")]
    [InlineData("from: { device: hmi, as: 192.168.10.0 }, to: { device: plc-a }", "no host can have this address in the network of plc-a")]
    public void An_address_by_as_must_be_free_and_answerable(string ends, string message) =>
        Assert.Contains(message, Assert.Single(Errors($"{{ name: g, {ends}, allow: [ {{ port: tcp/80 }} ] }}")).Message, StringComparison.Ordinal);

    [Fact]
    public void Labels_that_expand_without_bound_are_refused()
    {
        var result = SiteReader.Read(PolicyPerformanceTests.Everyone(devices: 400));
        Assert.Contains("more than 131072 conduits", Assert.Single(result.Errors).Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<PolicyError> Errors(params string[] grants) => SiteReader.Read(Clones(grants)).Errors;

    internal static string Clones(params string[] grants) => $$"""
        version: 1
        site: hall-3
        links:
          - { name: a, role: downlink, interface: a }
          - { name: b, role: downlink, interface: b }
          - { name: c, role: downlink, interface: c }
          - { name: up, role: uplink, interface: up, address: 10.77.0.254/24 }
          - { name: host, role: host, interface: h, address: 100.64.0.1/16 }
        fabrics: [ { name: f, kind: corridor, hub: "h:1", authority: a.pem } ]
        devices:
          - { name: plc-a, labels: { kind: plc }, link: a, mac: "00:30:de:00:00:01", address: 192.168.10.21/24, fabric: f }
          - { name: plc-b, labels: { kind: plc }, link: b, mac: "00:30:de:00:00:02", address: 192.168.10.21/24, fabric: f }
          - { name: hmi, labels: { kind: hmi }, link: c, mac: "00:30:de:00:00:03", address: 192.168.10.30/24, fabric: f }
        peers: [ { name: ntp, link: up, address: 10.77.0.5 }, { name: log, link: up, address: 10.77.0.6 } ]
        services: [ { name: nowhere, fabric: f, port: tcp/1 } ]
        callers: [ { name: call, fabric: f, group: x }, { name: boss, fabric: f, id: y }, { name: chief, fabric: f, id: z } ]
        grants:
        {{string.Concat(grants.Select(g => $"  - {g}\n"))}}
        """;
}
