using System.Text;
using Gateway.Core.Discovery;
using Gateway.Dataplane.Observers;
using Gateway.Dataplane.Tests.Wire;
using Gateway.Dataplane.Wire;
using Gateway.Fuzz;
using static Gateway.Dataplane.Tests.Observers.Observing;

namespace Gateway.Dataplane.Tests.Observers;

/// <summary>What devices say of themselves by DHCP, LLDP and mDNS. The messages are the seeds of the fuzz targets.</summary>
public sealed class AnnouncementObserverTests
{
    [Fact]
    public void A_dhcp_client_tells_name_vendor_class_and_parameter_list() => Assert.Equal(
        [
            "Ipv4 Address 192.168.10.21",
            "Ipv4 Dials udp/67 192.168.10.1",
            "Dhcp HostName plc-line-2",
            "Dhcp VendorClass udhcp 1.36.1",
            "Dhcp Address 192.168.10.21",
            "Dhcp DhcpParameters 1,3,6,12,15,28,42",
        ],
        Told(Udp(68, 67, Seed("Dhcp", "discover.hex"))));

    [Fact]
    public void A_dhcp_server_tells_nothing_of_itself() =>
        Assert.DoesNotContain(Told(Udp(67, 67, Seed("Dhcp", "ack.hex"))), told => told.StartsWith("Dhcp", StringComparison.Ordinal));

    [Fact]
    public void A_dhcp_message_in_another_name_tells_nothing() =>
        Assert.DoesNotContain(Told(Udp(68, 67, DhcpTests.Discover)), told => told.StartsWith("Dhcp", StringComparison.Ordinal));

    [Fact]
    public void A_long_parameter_list_is_cut_at_a_whole_code()
    {
        var message = Seed("Dhcp", "discover.hex");
        byte[] longer = [.. message[..240], 55, 255, .. Enumerable.Repeat((byte)250, 255), 255];
        var parameters = All(Udp(68, 67, longer)).Single(observation => observation.Attribute == EvidenceAttribute.DhcpParameters).Value;
        Assert.Equal(string.Join(',', Enumerable.Repeat("250", 64)), parameters);
    }

    [Fact]
    public void An_lldp_neighbour_tells_name_description_address_and_capabilities() => Assert.Equal(
        [
            "Lldp HostName sorter-3",
            "Lldp Description Sorting machine, firmware 2.1",
            "Lldp Address 192.168.10.21",
            "Lldp Capabilities station",
        ],
        Told(Frame(Ethertype.Lldp, Seed("Lldp", "full.hex"))));

    [Fact]
    public void Capabilities_that_are_switched_off_are_not_told() => Assert.Equal(
        ["Lldp Capabilities bridge,router"],
        Told(Frame(Ethertype.Lldp, Hex.Bytes("0204 07 616263 0402 07 70 0602 0078 0e04 ffff 0014 0000"))));

    [Fact]
    public void A_camera_announces_services_host_and_hints() => Assert.Equal(
        [
            "Ipv4 Address 192.168.10.21",
            "Mdns Service _rtsp._tcp",
            "Mdns Service _rtsp._tcp",
            "Mdns Service _rtsp._tcp",
            "Mdns HostName cam-yard",
            "Mdns Model M-5",
            "Mdns Vendor Acme",
            "Mdns Firmware 1.2.3",
            "Mdns HostName cam-yard",
        ],
        Told(Mdns(Seed("Dns", "announcement.hex"))));

    [Fact]
    public void A_query_tells_nothing_by_mdns() => Assert.Equal(["Ipv4 Address 192.168.10.21"], Told(Mdns(Seed("Dns", "query.hex"))));

    [Fact]
    public void Records_that_are_taken_back_tell_nothing() => Assert.Equal(["Ipv4 Address 192.168.10.21"], Told(Mdns(DnsTests.Announcement)));

    [Fact]
    public void A_name_outside_local_is_no_host_name()
    {
        var message = Hex.Bytes("0000 8400 0000 0001 0000 0000  0161 0362 6364 036f7267 00  0001 0001 00000078 0004 c0a80a15");
        Assert.Equal(["Ipv4 Address 192.168.10.21"], Told(Mdns(message)));
    }

    [Fact]
    public void A_subtype_is_told_as_its_service()
    {
        var message = Hex.Bytes("""
            0000 8400 0000 0001 0000 0000
            085f7072696e746572 045f737562 055f68747470 045f746370 056c6f63616c 00  000c 0001 00000078 0004 0161 c00c
            """);
        Assert.Equal(["Ipv4 Address 192.168.10.21", "Mdns Service _http._tcp"], Told(Mdns(message)));
    }

    [Fact]
    public void One_frame_tells_a_bounded_number_of_things_and_the_rest_is_counted()
    {
        var record = Hex.Bytes("c00c 000c 0001 00000078 0004 0161 c00c");
        byte[] message =
        [
            .. Hex.Bytes("0000 8400 0000 0065 0000 0000  055f68747470 045f746370 056c6f63616c 00 000c 0001 00000078 0004 0161 c00c"),
            .. Enumerable.Repeat(record, 100).SelectMany(bytes => bytes),
        ];
        var observer = new FrameObserver();
        Assert.Equal(ObservationWriter.MaxPerFrame, All(Mdns(message), observer).Count);
        // Presence, address and 101 services were there.
        Assert.Equal(103 - ObservationWriter.MaxPerFrame, observer.Omitted);
    }

    [Theory]
    [InlineData("plc-7\0\0", "plc-7")]
    [InlineData("  a\r\nb\tc  ", "a  b c")]
    [InlineData("bell\u0007", "bell\uFFFD")]
    [InlineData("esc\u001b[31m", "esc\uFFFD[31m")]
    [InlineData("turned\u202Egnp", "turned\uFFFDgnp")]
    [InlineData("line\u2028break", "line break")]
    [InlineData("c1\u009b", "c1\uFFFD")]
    [InlineData("Fräse 3 ⚙", "Fräse 3 ⚙")]
    [InlineData("\r\n\0", "")]
    [InlineData("hidden\0part", "hidden\uFFFDpart")]
    public void Text_is_made_fit_to_be_shown(string sent, string kept) => Assert.Equal(kept, ObservedText.Read(Encoding.UTF8.GetBytes(sent)));

    [Fact]
    public void Bytes_that_are_no_utf8_are_replaced() => Assert.Equal("a\uFFFDb", ObservedText.Read([0x61, 0xFF, 0x62]));

    [Fact]
    public void Text_is_bounded_and_never_cut_inside_a_character()
    {
        Assert.Equal(new string('x', Observation.MaxValueLength), ObservedText.Read(Encoding.UTF8.GetBytes(new string('x', 500))));
        var pairs = ObservedText.Read(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("😀", 300))));
        Assert.Equal(Observation.MaxValueLength - 1, pairs.Length);
        Assert.True(char.IsLowSurrogate(pairs[^1]));
    }

    private static byte[] Seed(string target, string name) =>
        SampleFolder.ReadFile(Path.Combine(SampleFolder.Seeds(FuzzTargets.Get(target)), name));
}
