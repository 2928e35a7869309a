using Gateway.Core.Policy;

namespace Gateway.Core.Tests.Policy;

/// <summary>What engineers get wrong, one mistake at a time in an otherwise right site: each is found at its line and field, with a cure.</summary>
public sealed class SiteErrorTests
{
    [Theory]
    [InlineData("version: 1", "version: 2", "version", "a whole number from 1 to 1")]
    [InlineData("version: 1", "version: \"1\"", "version", "without quotes")]
    [InlineData("site: hall-3", "site: Hall 3", "site", "'H' cannot stand in the name")]
    [InlineData("segments: 100.64.0.0/16", "segments: 100.64.0.0", "segments", "a range of addresses such as 100.64.0.0/16")]
    [InlineData("segments: 100.64.0.0/16", "segments: 100.64.0.1/16", "segments", "write the range, 100.64.0.0/16")]
    [InlineData("segments: 100.64.0.0/16", "segments: 100.64.0.0/31", "segments", "a length of 8 to 29")]
    [InlineData("segments: 100.64.0.0/16", "segments: 10.0.0.0/8", "links[4].address", "the plant network overlaps 'segments'", 2)]
    [InlineData("segments: 100.64.0.0/16", "segment: 100.64.0.0/16", "segment", "did you mean 'segments'?")]
    public void A_mistake_in_the_document_is_named_by_line_field_and_cure(string right, string wrong, string field, string cure, int following = 0) =>
        Check(right, wrong, field, cure, following);

    [Theory]
    [InlineData("interface: s2, socket: 2", "interface: s1, socket: 2", "links[1].interface", "link socket-1 uses this interface already")]
    [InlineData("interface: s2, socket: 2", "interface: s2, socket: 1", "links[1].socket", "link socket-1 is socket 1 already")]
    [InlineData("interface: s2, socket: 2", "interface: s2, socket: 256", "links[1].socket", "a whole number from 1 to 255")]
    [InlineData("interface: s2, socket: 2", "interface: a-very-long-name, socket: 2", "links[1].interface", "1 to 15 bytes; this one has 16")]
    [InlineData("interface: s2, socket: 2", "interface: s/2, socket: 2", "links[1].interface", "no '/', ':' or space")]
    [InlineData("interface: s2, socket: 2", "interface: s2, socket: 2, address: 10.0.0.1/24", "links[1].address", "a downlink has no address")]
    [InlineData("interface: s2, socket: 2", "interface: s2, vlan: 4095, socket: 2", "links[1].vlan", "a whole number from 1 to 4094")]
    [InlineData("interface: s2, socket: 2", "interface: s1, vlan: 20", "links[1].vlan", "untagged: give that one a 'vlan' too")]
    [InlineData("interface: s1, socket: 1", "interface: s2, vlan: 20, socket: 1", "links[1].vlan", "as a trunk: give this one a 'vlan' too")]
    [InlineData("name: uplink, role: uplink", "name: uplink, role: uplnk", "links[4].role", "did you mean 'uplink'?")]
    [InlineData("name: uplink, role: uplink", "name: uplink, role: host", "links[4].role", "link host is the host link already", 1)]
    [InlineData("interface: up0, address: 10.77.0.254/24", "interface: up0", "links[4].address", "an uplink needs the gateway's address")]
    [InlineData("interface: up0, address: 10.77.0.254/24", "interface: up0, address: 10.77.0.0/24", "links[4].address", "is no address of a host")]
    [InlineData("address: 100.64.0.1/16 }", "address: 100.64.0.1/24 }", "links[3].address", "write an address of 100.64.0.0/16, for example 100.64.0.1/16")]
    [InlineData("{ name: socket-2, role: downlink", "{ name: socket-1, role: downlink", "links[1].name", "links[0] has this name already", 1)]
    [InlineData("{ name: socket-2, role: downlink", "{ role: downlink", "links[1].name", "'name' is missing; a link needs it", 1)]
    public void A_mistake_in_a_link_is_named_by_line_field_and_cure(string right, string wrong, string field, string cure, int following = 0) =>
        Check(right, wrong, field, cure, following);

    [Theory]
    [InlineData("kind: corridor, hub", "kind: coridor, hub", "fabrics[0].kind", "did you mean 'corridor'?")]
    [InlineData("hub: \"10.20.0.10:8443\"", "hub: 10.20.0.10", "fabrics[0].hub", "no host with a port")]
    [InlineData("hub: \"10.20.0.10:8443\"", "hub: \"10.20.0.10:0\"", "fabrics[0].hub", "no host with a port")]
    [InlineData("authority: corridor-ca.pem, ", "", "fabrics[0].authority", "'authority' is missing")]
    [InlineData("authority: corridor-ca.pem, ", "authority: , ", "fabrics[0].authority", "nothing stands after this key")]
    public void A_mistake_in_a_fabric_is_named_by_line_field_and_cure(string right, string wrong, string field, string cure) =>
        Check(right, wrong, field, cure);

    [Theory]
    [InlineData("- name: plc-7\n", "- name: PLC 7\n", "devices[0].name", "use lower-case letters, digits and hyphens", 3)]
    [InlineData("- name: plc-7\n", "- name: p7\n", "devices[0].name", "3 to 48 characters", 3)]
    [InlineData("- name: sorter\n", "- name: plc-7\n", "devices[1].name", "devices[0] has this name already", 1)]
    [InlineData("link: socket-1", "link: socket-9", "devices[0].link", "there is no link of this name; did you mean 'socket-")]
    [InlineData("link: socket-1", "link: uplink", "devices[0].link", "a device stands on a downlink")]
    [InlineData("link: socket-2", "link: socket-1", "devices[1].link", "plc-7 stands on this link already")]
    [InlineData("mac: \"28:63:36:aa:10:2f\"", "mac: 28-63-36", "devices[0].mac", "not a hardware address such as")]
    [InlineData("mac: \"28:63:36:aa:10:2f\"", "mac: \"00:00:00:00:00:00\"", "devices[0].mac", "no device can send from this address")]
    [InlineData("mac: \"28:63:36:aa:10:2f\"", "mac: \"01:00:5e:00:00:01\"", "devices[0].mac", "no device can send from this address")]
    [InlineData("mac: \"00:30:de:00:00:02\"", "mac: \"28:63:36:aa:10:2f\"", "devices[1].mac", "plc-7 has this hardware address already")]
    [InlineData("address: 192.168.10.21/24", "address: 192.168.10.21", "devices[0].address", "an IPv4 address with its network's length")]
    [InlineData("address: 192.168.10.21/24", "address: 192.168.10.300/24", "devices[0].address", "an IPv4 address with its network's length")]
    [InlineData("address: 10.5.0.9/24", "address: 10.5.0.9/32", "devices[2].address", "255.255.255.0 is /24")]
    [InlineData("address: 10.5.0.9/24", "address: 10.5.0.255/24", "devices[2].address", "this is the broadcast address of 10.5.0.0/24")]
    [InlineData("address: 10.5.0.9/24", "address: 10.5.0.0/24", "devices[2].address", "write the device's own, for example 10.5.0.1/24")]
    [InlineData("address: 10.5.0.9/24", "address: 224.5.0.9/24", "devices[2].address", "no host can have this address")]
    [InlineData("gateway: 192.168.10.1\n", "gateway: 192.168.11.1\n", "devices[0].gateway", "no address of a host in the device's network 192.168.10.0/24")]
    [InlineData("gateway: 192.168.10.1\n", "gateway: 192.168.10.21\n", "devices[0].gateway", "this is the device's own address")]
    [InlineData("segment: 100.64.0.7", "segment: 100.65.0.7", "devices[0].segment", "no address of a host in 'segments'")]
    [InlineData("segment: 100.64.0.7", "segment: 100.64.255.255", "devices[0].segment", "no address of a host in 'segments'")]
    [InlineData("segment: 100.64.0.7", "segment: 100.64.0.1", "devices[0].segment", "the gateway itself has this address already")]
    [InlineData("max-flows: 64", "max-flows: 0", "devices[0].max-flows", "a whole number from 1 to 4096")]
    [InlineData("max-flows: 64", "max_flows: 64", "devices[0].max_flows", "did you mean 'max-flows'?")]
    [InlineData("enforcement: enforce", "enforcement: enforced", "devices[0].enforcement", "did you mean 'enforce'?")]
    [InlineData("id: k7m2qd", "id: sorter", "devices[1].id", "plc-7 is known by this id already")]
    [InlineData("id: k7m2qd", "id: k7_m2", "devices[0].id", "letters, digits and hyphens")]
    [InlineData("labels: { kind: plc, line: filler-2 }", "labels: plc", "devices[0].labels", "labels are keys and values")]
    [InlineData("labels: { kind: camera }", "labels: { Kind: camera }", "devices[2].labels.Kind", "use lower-case letters")]
    [InlineData("labels: { kind: camera }", "labels: { kind: [a, b] }", "devices[2].labels.kind", "one word or text")]
    [InlineData("labels: { kind: camera }", "labels: { kind: \"\" }", "devices[2].labels.kind", "1 to 63 characters")]
    public void A_mistake_in_a_device_is_named_by_line_field_and_cure(string right, string wrong, string field, string cure, int following = 0) =>
        Check(right, wrong, field, cure, following);

    [Theory]
    [InlineData("{ name: recorder, link: uplink", "{ name: recorder, link: socket-1", "peers[1].link", "a peer stands on an uplink")]
    [InlineData("address: 10.77.0.6 }", "address: 10.78.0.6 }", "peers[1].address", "not behind a router")]
    [InlineData("address: 10.77.0.6 }", "address: 10.77.0.5 }", "peers[1].address", "ntp has this address on this link already")]
    [InlineData("address: 10.77.0.6 }", "address: 10.77.0.254 }", "peers[1].address", "the gateway's own address on uplink")]
    public void A_mistake_in_a_peer_is_named_by_line_field_and_cure(string right, string wrong, string field, string cure) =>
        Check(right, wrong, field, cure);

    [Theory]
    [InlineData("port: tcp/8086", "port: udp/8086", "services[0].port", "carries services over TCP")]
    [InlineData("port: tcp/8086", "port: tcp/8086-8087", "services[0].port", "a service has one port")]
    [InlineData("port: tcp/8086", "port: 8086", "services[0].port", "a transport and port such as tcp/502")]
    [InlineData("name: historian, fabric: corridor", "name: historian, fabric: coridor", "services[0].fabric", "did you mean 'corridor'?")]
    [InlineData("{ name: scada, fabric: corridor, group: scada }", "{ name: scada, fabric: corridor }", "callers[0]", "exactly one of the two")]
    [InlineData("{ name: scada, fabric: corridor, group: scada }", "{ name: scada, fabric: corridor, group: a, id: b }", "callers[0]", "exactly one of the two")]
    [InlineData("{ name: scada, fabric: corridor, group: scada }", "{ name: scada, fabric: corridor, group: s c }", "callers[0].group", "without spaces")]
    [InlineData("{ name: scada, fabric: corridor, group: scada }", "{ name: scada, fabric: corridor, id: \"spiffe://hall-3/client/vendor-1\" }", "callers[1]", "scada is the same caller already")]
    public void A_mistake_in_a_service_or_caller_is_named_by_line_field_and_cure(string right, string wrong, string field, string cure) =>
        Check(right, wrong, field, cure);

    [Theory]
    [InlineData("from: { caller: scada }", "from: { caller: skada }", "grants[0].from.caller", "there is no caller of this name; did you mean 'scada'?")]
    [InlineData("from: { caller: scada }", "from: scada", "grants[0].from", "for example from: { caller: scada }")]
    [InlineData("from: { caller: scada }", "from: {}", "grants[0].from", "nobody is named")]
    [InlineData("from: { caller: scada }", "from: { caller: scada, device: sorter }", "grants[0].from", "device and caller stand together")]
    [InlineData("from: { caller: scada }", "from: { service: historian }", "grants[0].from.service", "a service is reached and never opens flows")]
    [InlineData("to: { service: historian }", "to: { caller: scada }", "grants[2].to.caller", "a caller opens flows and is never reached")]
    [InlineData("to: { service: historian }", "to: { gateway: true }", "grants[2].to.gateway", "nobody reaches the gateway itself")]
    [InlineData("from: { gateway: true }", "from: { gateway: false }", "grants[5].from.gateway", "written gateway: true")]
    [InlineData("to: { devices: { kind: plc, line: filler-2 } }", "to: { devices: plc-7 }", "grants[0].to.devices", "to name one write device: plc-7")]
    [InlineData("to: { devices: { kind: plc, line: filler-2 } }", "to: { devices: {} }", "grants[0].to.devices", "this would mean every device")]
    [InlineData("to: { devices: { kind: plc, line: filler-2 } }", "to: { peer: ntp }", "grants[0].to", "a caller reaches devices only")]
    [InlineData("to: { device: plc-7, as: 192.168.10.21 }", "to: { device: sorter }", "grants[1].to", "needs no grant to reach itself")]
    [InlineData("to: { device: plc-7, as: 192.168.10.21 }", "to: { device: plc-7, as: 192.168.10.30 }", "grants[1].to.as", "would have to reach plc-7 at its own address")]
    [InlineData("to: { device: plc-7, as: 192.168.10.21 }", "to: { device: plc-7, as: 192.168.10.1 }", "grants[1].to.as", "the address of its gateway; set 'gateway' of sorter")]
    [InlineData("to: { device: plc-7, as: 192.168.10.21 }", "to: { device: plc-7, as: 192.168.10.255 }", "grants[1].to.as", "no host can have this address")]
    [InlineData("to: { device: plc-7, as: 192.168.10.21 }", "to: { device: plc-7, as: plc }", "grants[1].to.as", "an IPv4 address such as")]
    [InlineData("from: { caller: scada }", "from: { caller: scada, as: 192.168.10.21 }", "grants[0].from.as", "would see its own address as the caller")]
    [InlineData("from: { device: plc-7 }", "from: { device: plc-7, as: 10.0.0.1 }", "grants[2].from.as", "knows the device by its segment address")]
    public void A_mistake_in_who_reaches_whom_is_named_by_line_field_and_cure(string right, string wrong, string field, string cure) =>
        Check(right, wrong, field, cure);

    [Theory]
    [InlineData("to: { service: historian }", "to: { service: historian }\n    allow: [ { port: tcp/8086 } ]", "grants[2].allow", "a service has its own port")]
    [InlineData("allow: [ { port: udp/123 } ]", "allow: []", "grants[3].allow", "nothing is allowed")]
    [InlineData("allow: [ { port: udp/123 } ]", "allow: { port: udp/123 }", "grants[3].allow", "begin each of its items with '- '")]
    [InlineData("allow: [ { port: udp/123 } ]", "allow: [ udp/123 ]", "grants[3].allow[0]", "written as keys and values")]
    [InlineData("allow: [ { port: udp/123 } ]", "allow: [ { port: udp/0 } ]", "grants[3].allow[0].port", "ports 1 to 65535")]
    [InlineData("allow: [ { port: udp/123 } ]", "allow: [ { port: udp/123, operations: read } ]", "grants[3].allow[0].operations", "add inspect: modbus")]
    [InlineData("allow: [ { port: udp/123 } ]", "allow: [ { port: udp/123, refuse: drop } ]", "grants[3].allow[0].refuse", "add inspect: modbus or remove 'refuse'")]
    [InlineData("allow: [ { port: udp/123 } ]", "allow: [ { port: udp/123, inspect: modbus, operations: read } ]", "grants[3].allow[0].inspect", "Modbus is inspected on TCP")]
    [InlineData("operations: \"3|0-99,6|10\"", "operations: \"3|99-0\"", "grants[1].allow[0].operations", "no address range")]
    [InlineData("inspect: modbus, operations: \"3|0-99,6|10\"", "inspect: modbus", "grants[1].allow[0].operations", "would let nothing pass")]
    [InlineData("inspect: modbus, operations: \"3|0-99,6|10\"", "inspect: s7, operations: read", "grants[1].allow[0].inspect", "write modbus")]
    [InlineData("refuse: answer", "refuse: deny", "grants[0].allow[0].refuse", "write answer or reset or drop")]
    [InlineData("port: tcp/502, inspect: modbus, operations: read, refuse: answer", "port: udp/502", "grants[0].allow[0].port", "a fabric, which carries TCP")]
    [InlineData("name: sorter-drives-plc", "name: scada-reads-fillers", "grants[1].name", "grants[0] has this name already")]
    public void A_mistake_in_what_is_allowed_is_named_by_line_field_and_cure(string right, string wrong, string field, string cure) =>
        Check(right, wrong, field, cure);

    [Theory]
    [InlineData("address: 192.168.10.21/24", "address: 192.168.10.21", "address: 192.168.10.21\n")]
    [InlineData("port: tcp/8086", "port: tcp/0", "port: tcp/0")]
    [InlineData("operations: \"3|0-99,6|10\"", "operations: \"3|99-0\"", "3|99-0")]
    [InlineData("- port: tcp/554", "- prt: tcp/554", "- prt")]
    [InlineData("link: socket-2", "link: socket-1", "name: sorter\n    labels: { kind: sorter, line: filler-2 }\n    link: socket-1", 2)]
    public void The_line_is_the_one_the_mistake_stands_on(string right, string wrong, string found, int linesBelow = 0)
    {
        var yaml = Sites.With(right, wrong);
        Assert.Contains(Sites.LineOf(yaml, found) + linesBelow, SiteReader.Read(yaml).Errors.Select(e => e.Line));
    }

    [Fact]
    public void All_mistakes_are_found_in_one_go()
    {
        var yaml = Sites.Hall
            .Replace("socket: 2", "socket: two", StringComparison.Ordinal)
            .Replace("mac: \"00:30:de:00:00:02\"", "mac: 0030de000002", StringComparison.Ordinal)
            .Replace("link: uplink, address: 10.77.0.6", "link: nowhere, address: 10.77.0.6", StringComparison.Ordinal)
            .Replace("caller: scada }", "caller: skada }", StringComparison.Ordinal)
            .Replace("udp/123", "udp/123456", StringComparison.Ordinal);
        Assert.Equal(
            ["links[1].socket", "devices[1].mac", "peers[1].link", "grants[0].from.caller", "grants[3].allow[0].port"],
            SiteReader.Read(yaml).Errors.Select(e => e.Field));
    }

    [Fact]
    public void An_error_reads_as_one_sentence_with_place_value_and_cure() => Assert.Equal(
        "line 17: devices[0].mac: '28-63-36': this is not a hardware address such as 28:63:36:aa:10:2f",
        SiteReader.Read(Sites.With("mac: \"28:63:36:aa:10:2f\"", "mac: 28-63-36")).Errors[0].ToString());

    [Fact]
    public void Only_so_many_errors_are_listed_and_the_rest_is_counted()
    {
        var yaml = "version: 1\nsite: hall-3\nlinks:\n" + string.Concat(Enumerable.Range(0, 150).Select(i => $"  - {{ name: l{i}, role: downlink }}\n"));
        var errors = SiteReader.Read(yaml).Errors;
        Assert.Equal(PolicyLimits.MaxErrors + 1, errors.Count);
        Assert.Equal("50 more errors are not listed; put these 100 right first", errors[^1].Message);
    }

    [Fact]
    public void A_long_or_unprintable_value_is_shown_short_and_harmless()
    {
        var error = Assert.Single(SiteReader.Read(Sites.With("site: hall-3", $"site: \"\\x1b[31m{new string('x', 500)}\"")).Errors);
        Assert.True(error.Value.Length < 100);
        Assert.DoesNotContain('\x1b', error.ToString());
    }

    [Fact]
    public void A_service_without_a_host_link_names_the_line_to_add()
    {
        var yaml = Sites.With("  - { name: host, role: host, interface: host1, address: 100.64.0.1/16 }\n", "");
        var errors = SiteReader.Read(yaml).Errors;
        Assert.Equal(["services[0]", "grants[0].from", "grants[5].from"], errors.Select(e => e.Field));
        Assert.All(errors, e => Assert.Contains("role: host", e.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void More_devices_than_segment_addresses_are_refused()
    {
        var yaml = Sites.Hall.Replace("100.64.0.0/16", "100.64.0.0/30", StringComparison.Ordinal).Replace("100.64.0.1/16", "100.64.0.1/30", StringComparison.Ordinal);
        Assert.Contains("a length of 8 to 29", SiteReader.Read(yaml).Errors[0].Message, StringComparison.Ordinal);
        var devices = string.Concat(Enumerable.Range(1, 6).Select(i =>
            $"  - {{ name: dev-{i}, link: s{i}, mac: \"00:30:de:00:01:0{i}\", address: 10.0.0.{i + 1}/24 }}\n"));
        var links = string.Concat(Enumerable.Range(1, 6).Select(i => $"  - {{ name: s{i}, role: downlink, interface: s{i} }}\n"));
        var error = Assert.Single(SiteReader.Read($"version: 1\nsite: hall-3\nsegments: 100.64.0.0/29\nlinks:\n{links}devices:\n{devices}").Errors);
        Assert.Contains("room for 5 devices, the document has 6", error.Message, StringComparison.Ordinal);
    }

    private static void Check(string right, string wrong, string field, string cure, int following = 0)
    {
        var yaml = Sites.With(right, wrong);
        var result = SiteReader.Read(yaml);
        var error = Assert.Single(result.Errors, e => e.Field == field);
        Assert.Contains(cure, error.Message, StringComparison.Ordinal);
        Assert.Equal(following, result.Errors.Count - 1);
        Assert.InRange(error.Line, 1, yaml.Count(c => c == '\n') + 1);
        Assert.Null(result.Document);
    }
}
