using Gateway.Core.Net;
using Gateway.Core.Policy;

namespace Gateway.Core.Tests.Policy;

public sealed class SiteReaderTests
{
    [Fact]
    public void A_whole_site_is_read_without_errors_or_warnings()
    {
        var result = SiteReader.Read(Sites.Hall);
        Assert.Empty(result.Errors);
        Assert.Empty(result.Warnings);
        Assert.True(result.Valid);
    }

    [Fact]
    public void Links_have_role_interface_socket_and_address()
    {
        var links = Sites.Document().Links;
        Assert.Equal(("socket-1", LinkRole.Downlink, "s1", (byte)1, null), (links[0].Name, links[0].Role, links[0].Interface, links[0].Socket, links[0].Address));
        Assert.Equal((LinkRole.Host, Ipv4Prefix.Parse("100.64.0.1/16")), (links[3].Role, links[3].Address!.Value));
        Assert.Equal((LinkRole.Uplink, Ipv4Prefix.Parse("10.77.0.254/24")), (links[4].Role, links[4].Address!.Value));
    }

    [Fact]
    public void A_device_has_every_field_that_stands_there()
    {
        var plc = Sites.Document().Devices[0];
        Assert.Equal(("plc-7", "k7m2qd", "socket-1"), (plc.Name, plc.Id, plc.Link));
        Assert.Equal("filler-2", plc.Labels["line"]);
        Assert.Equal(MacAddress.Parse("28:63:36:aa:10:2f"), plc.Mac);
        Assert.Equal(Ipv4Prefix.Parse("192.168.10.21/24"), plc.Address);
        Assert.Equal(Ipv4Address.Parse("192.168.10.1"), plc.GatewayAddress);
        Assert.Equal(Ipv4Address.Parse("100.64.0.7"), plc.SegmentAddress);
        Assert.Equal(("corridor", Enforcement.Enforce, 64), (plc.Fabric, plc.Enforcement, plc.MaxFlows));
        Assert.Equal(Sites.LineOf(Sites.Hall, "name: plc-7"), plc.At.Line);
    }

    [Fact]
    public void Fields_left_out_have_their_defaults()
    {
        var camera = Sites.Document().Devices[2];
        Assert.Equal(("", "", 256, Enforcement.Enforce), (camera.Id, camera.Fabric, camera.MaxFlows, camera.Enforcement));
        Assert.Null(camera.GatewayAddress);
        Assert.Null(camera.SegmentAddress);
        Assert.Equal("100.64.0.0/16", Sites.Document("version: 1\nsite: hall-3").Segments.ToString());
    }

    [Fact]
    public void Peers_services_callers_and_fabrics_are_read()
    {
        var site = Sites.Document();
        Assert.Equal(("ntp", "uplink", "10.77.0.5", "time"), (site.Peers[0].Name, site.Peers[0].Link, $"{site.Peers[0].Address}", site.Peers[0].Labels["role"]));
        Assert.Equal(("historian", "influx", "tcp/8086", "10.20.0.30"), (site.Services[0].Name, site.Services[0].Remote, $"{site.Services[0].Port}", $"{site.Services[0].Address}"));
        Assert.Equal((null, "scada"), (site.Callers[0].Id, site.Callers[0].Group));
        Assert.Equal(("spiffe://hall-3/client/vendor-1", null), (site.Callers[1].Id, site.Callers[1].Group));
        Assert.Equal(("10.20.0.10:8443", "corridor-ca.pem", "gateway.token"), (site.Fabrics[0].Hub, site.Fabrics[0].Authority, site.Fabrics[0].Token));
    }

    [Fact]
    public void A_service_has_its_own_name_in_the_fabric_unless_another_is_given() =>
        Assert.Equal("historian", Sites.Document(Sites.With("remote: influx, ", "")).Services[0].Remote);

    [Theory]
    [InlineData(0, "caller scada", "devices kind=plc, line=filler-2", "tcp/502 modbus read")]
    [InlineData(1, "device sorter", "device plc-7 as 192.168.10.21", "tcp/502 modbus 3|0-99,6|10")]
    [InlineData(2, "device plc-7", "service historian", "")]
    [InlineData(3, "devices line=filler-2", "peers role=time", "udp/123")]
    [InlineData(4, "peer recorder as 10.5.0.77", "device camera-1", "tcp/554")]
    [InlineData(5, "gateway", "device plc-7", "tcp/502 modbus identify refuse reset")]
    public void A_grant_says_who_reaches_whom_and_with_what(int index, string from, string to, string allow)
    {
        var grant = Sites.Document().Grants[index];
        Assert.Equal(from, SelectorText.Of(grant.From));
        Assert.Equal(to, SelectorText.Of(grant.To));
        Assert.Equal(allow, string.Join(", ", grant.Allow.Select(SelectorText.Of)));
    }

    [Theory]
    [InlineData("grants:")]
    [InlineData("grants: []")]
    [InlineData("grants:\n  # - all commented out\n")]
    [InlineData("")]
    public void A_list_may_be_empty(string grants) => Assert.Empty(Sites.Document($"version: 1\nsite: hall-3\n{grants}").Grants);

    [Fact]
    public void A_byte_order_mark_and_windows_line_ends_do_no_harm()
    {
        var windows = "\uFEFF" + Sites.Hall.Replace("\n", "\r\n", StringComparison.Ordinal);
        Assert.Equal(Sites.Document(), Sites.Document(windows));
        Assert.Equal(Sites.Document().Grants[1].At.Line, Sites.Document(windows).Grants[1].At.Line);
    }

    [Fact]
    public void A_file_is_read_from_disk()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("site.yaml"), Sites.Hall);
        Assert.Equal(Sites.Document(), SiteReader.ReadFile(folder.File("site.yaml")).Document);
    }

    [Fact]
    public void A_file_that_is_not_there_is_an_error_like_any_other()
    {
        var error = Assert.Single(SiteReader.ReadFile("/nowhere/site.yaml").Errors);
        Assert.Contains("/nowhere/site.yaml", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_not_utf_8_are_refused()
    {
        var error = Assert.Single(SiteReader.Read("site: h"u8.ToArray().Append((byte)0xE4).ToArray()).Errors);
        Assert.Contains("byte 7 is not UTF-8", error.Message, StringComparison.Ordinal);
    }
}
