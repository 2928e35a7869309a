using Gateway.Core.Policy;

namespace Gateway.Core.Tests.Policy;

public sealed class SiteWriterTests
{
    [Fact]
    public void A_site_has_one_canonical_form()
    {
        Assert.Equal("""
            version: 1
            site: hall-3
            segments: 100.64.0.0/16

            links:
              - name: socket-1
                role: downlink
                interface: s1
                socket: 1
              - name: up
                role: uplink
                interface: up0
                address: 10.77.0.254/24

            devices:
              - name: plc-7
                labels: { kind: plc, line: "2", "on": "yes" }
                link: socket-1
                mac: "28:63:36:aa:10:2f"
                address: 192.168.10.21/24
                enforcement: cut-off

            peers:
              - name: ntp
                link: up
                address: 10.77.0.5

            grants:
              - name: g
                from: { device: plc-7 }
                to: { peers: { kind: "#1" }, as: 10.9.9.9 }
                allow:
                  - { port: tcp/502, inspect: modbus, operations: "3|0-99,6|10", refuse: reset }
                  - { port: udp/5000-5010 }
                comment: "a \"quoted\": comment"

            """, SiteWriter.Write(Sites.Document("""
            version: 1
            grants:
              - comment: 'a "quoted": comment'
                allow: [ { operations: "6|10,3|50-99|0-49", refuse: reset, inspect: modbus, port: tcp/502 }, { port: udp/5000-5010, } ]
                to: { as: 10.9.9.9, peers: { kind: "#1" } }
                from: { device: plc-7 }
                name: g
            devices:
              - { name: plc-7, enforcement: cut-off, max-flows: 256, link: socket-1, mac: 28-63-36-AA-10-2F, address: 192.168.10.21/24, labels: { on: yes, line: 2, kind: plc } }
            peers: [ { name: ntp, link: up, address: 10.77.0.5 } ]
            links: [ { name: socket-1, role: downlink, interface: s1, socket: 1 }, { name: up, role: uplink, interface: up0, address: 10.77.0.254/24 } ]
            site: hall-3
            """)));
    }

    [Fact]
    public void Reading_what_was_written_gives_an_equal_document() =>
        Assert.Equal(Sites.Document(), Sites.Document(SiteWriter.Write(Sites.Document())));

    [Fact]
    public void Writing_what_was_read_of_the_canonical_form_gives_the_same_text()
    {
        var once = SiteWriter.Write(Sites.Document());
        Assert.Equal(once, SiteWriter.Write(Sites.Document(once)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("yes")]
    [InlineData("NULL")]
    [InlineData("~")]
    [InlineData("1")]
    [InlineData("0x1f")]
    [InlineData("12:30:45")]
    [InlineData("- a")]
    [InlineData("a: b")]
    [InlineData("a #b")]
    [InlineData("\"")]
    [InlineData("\\")]
    [InlineData("'")]
    [InlineData("{}")]
    [InlineData("ä ö ü €")]
    [InlineData("🏭 hall")]
    [InlineData("a\u00A0b")]
    public void Any_printable_text_survives(string text)
    {
        var site = Sites.Document();
        site = site with { Grants = site.Grants.SetItem(0, site.Grants[0] with { Comment = text }) };
        Assert.Equal(text, Sites.Document(SiteWriter.Write(site)).Grants[0].Comment);
    }
}
