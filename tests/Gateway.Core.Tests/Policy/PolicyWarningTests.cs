using Gateway.Core.Policy;

namespace Gateway.Core.Tests.Policy;

/// <summary>What is allowed but seldom meant.</summary>
public sealed class PolicyWarningTests
{
    [Theory]
    [InlineData("from: { device: hmi }, to: { devices: { kind: robot } }", "port: tcp/80", "grants[0].to", "nothing carries these labels")]
    [InlineData("from: { peers: { kind: robot } }, to: { device: plc-a }", "port: tcp/80", "grants[0].from", "nothing carries these labels")]
    [InlineData("from: { devices: { kind: hmi } }, to: { devices: { kind: hmi } }", "port: tcp/80", "grants[0]", "one and the same device")]
    [InlineData("from: { device: hmi }, to: { device: plc-a }", "port: tcp/502", "grants[0].allow[0].port", "the Modbus port without inspection")]
    [InlineData("from: { device: hmi }, to: { device: plc-a }", "port: udp/1-65535", "grants[0].allow[0].port", "every port")]
    [InlineData("from: { device: hmi, as: 10.9.9.9 }, to: { device: plc-a }", "port: tcp/80", "grants[0].from.as", "can answer only if 192.168.10.1 is set as its default gateway")]
    public void A_grant_that_says_more_or_less_than_it_seems_is_warned_of(string ends, string allow, string field, string message)
    {
        var result = SiteReader.Read(ConduitRuleTests.Clones($"{{ name: g, {ends}, allow: [ {{ {allow} }} ] }}"));
        Assert.True(result.Valid, string.Join('\n', result.Errors));
        var warning = Assert.Single(result.Warnings);
        Assert.Equal(field, warning.Field);
        Assert.Contains(message, warning.Message, StringComparison.Ordinal);
        Assert.True(warning.Line > 0);
    }

    [Theory]
    [InlineData("from: { caller: call }, to: { device: plc-a }, allow: [ { port: tcp/80 } ]", "caller call comes through fabric f, in which plc-a does not appear")]
    [InlineData("from: { device: plc-a }, to: { service: nowhere, as: 1.2.3.4 }", "service nowhere is of fabric f, in which plc-a does not appear")]
    public void A_device_outside_the_fabric_is_warned_of(string grant, string message)
    {
        var yaml = ConduitRuleTests.Clones($"{{ name: g, {grant} }}").Replace("address: 192.168.10.21/24, fabric: f", "address: 192.168.10.21/24", StringComparison.Ordinal);
        Assert.Contains(message, Assert.Single(SiteReader.Read(yaml).Warnings).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("call", "boss", 1)]
    [InlineData("boss", "chief", 0)]
    public void Whoever_matches_an_uninspected_entry_escapes_the_inspected_one(string open, string inspected, int warnings)
    {
        var result = SiteReader.Read(ConduitRuleTests.Clones(
            $"{{ name: bulk, from: {{ caller: {open} }}, to: {{ device: plc-a }}, allow: [ {{ port: tcp/500-600 }} ] }}",
            $"{{ name: read, from: {{ caller: {inspected} }}, to: {{ device: plc-a }}, allow: [ {{ port: tcp/502, inspect: modbus, operations: read }} ] }}"));
        Assert.True(result.Valid, string.Join('\n', result.Errors));
        Assert.Equal(warnings, result.Warnings.Count);
        Assert.All(result.Warnings, w => Assert.StartsWith("whoever matches both caller call and caller boss is not inspected", w.Message, StringComparison.Ordinal));
    }
}
