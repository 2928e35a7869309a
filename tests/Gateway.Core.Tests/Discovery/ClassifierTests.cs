using System.Text.Json;
using Gateway.Core.Devices;
using Gateway.Core.Discovery;
using Gateway.Core.Discovery.Rules;
using static Gateway.Core.Discovery.EvidenceAttribute;
using static Gateway.Core.Discovery.ObservationSource;

namespace Gateway.Core.Tests.Discovery;

public sealed class ClassifierTests
{
    private static readonly Classifier Classifier = new();

    /// <summary>What each attribute alone says.</summary>
    [Theory]
    [InlineData(Oui, Vendor, "Siemens AG", DeviceKind.Plc, "vendor")]
    [InlineData(Oui, Vendor, "WAGO Kontakttechnik GmbH & Co. KG", DeviceKind.Plc, "vendor")]
    [InlineData(Oui, Vendor, "Axis Communications AB", DeviceKind.Camera, "vendor")]
    [InlineData(Oui, Vendor, "Hangzhou Hikvision Digital Technology Co.,Ltd.", DeviceKind.Camera, "vendor")]
    [InlineData(Oui, Vendor, "HID Global", DeviceKind.BadgeReader, "vendor")]
    [InlineData(Oui, Vendor, "ASSA ABLOY AB", DeviceKind.BadgeReader, "vendor")]
    [InlineData(Oui, Vendor, "SEW-EURODRIVE GmbH", DeviceKind.Drive, "vendor")]
    [InlineData(Oui, Vendor, "Vanderlande Industries", DeviceKind.SortingMachine, "vendor")]
    [InlineData(ModbusIdentification, Model, "CPU 1211C", DeviceKind.Plc, "model")]
    [InlineData(ModbusIdentification, Model, "ATV340", DeviceKind.Drive, "model")]
    [InlineData(ModbusIdentification, Model, "TM221, MODICON M221", DeviceKind.Plc, "model")]
    [InlineData(Mdns, Model, "AXIS P1468-LE Network Camera", DeviceKind.Camera, "model")]
    [InlineData(Lldp, Description, "Siemens, SIMATIC S7, CPU1511-1 PN", DeviceKind.Plc, "description")]
    [InlineData(Lldp, Description, "crossbelt sorter controller", DeviceKind.SortingMachine, "description")]
    [InlineData(Lldp, Description, "Two-door controller, firmware 4.1", DeviceKind.BadgeReader, "description")]
    [InlineData(Dhcp, HostName, "plc7", DeviceKind.Plc, "hostname")]
    [InlineData(Dhcp, HostName, "axis-accc8e123456", DeviceKind.Camera, "hostname")]
    [InlineData(Dhcp, HostName, "hall3-door-12", DeviceKind.BadgeReader, "hostname")]
    [InlineData(Dhcp, HostName, "Sorter-A", DeviceKind.SortingMachine, "hostname")]
    [InlineData(Dhcp, VendorClass, "AXIS,Network Camera,P1468-LE,11.2", DeviceKind.Camera, "dhcp-class")]
    [InlineData(Dhcp, VendorClass, "MSFT 5.0", DeviceKind.Other, "dhcp-class")]
    [InlineData(Mdns, Service, "_rtsp._tcp", DeviceKind.Camera, "announces-service")]
    [InlineData(Mdns, Service, "_axis-video._tcp", DeviceKind.Camera, "announces-service")]
    [InlineData(Ipv4, Dials, "udp/4070 10.0.0.1", DeviceKind.BadgeReader, "dials")]
    [InlineData(Ipv4, Dials, "udp/34964 10.0.0.1", DeviceKind.Plc, "dials")]
    [InlineData(Lldp, Capabilities, "bridge, router", DeviceKind.Other, "lldp-capabilities")]
    public void One_clue_makes_a_guess_with_its_reason(
        ObservationSource source, EvidenceAttribute attribute, string value, DeviceKind kind, string key)
    {
        var guess = Classifier.Classify(Seen.Of((source, attribute, value)));
        Assert.Equal(kind, guess.Kind);
        var reason = Assert.Single(guess.Reasons);
        Assert.Equal(key, reason.Key);
        Assert.Equal(key == "dials" ? value.Split(' ')[0] : value, reason.Value);
        Assert.InRange(guess.Confidence, 10, Classifier.MaxConfidence);
    }

    [Theory]
    [InlineData(Oui, Vendor, "Sickle Cell Foundation")]
    [InlineData(Oui, Vendor, "Cameron Hidden Ltd")]
    [InlineData(ModbusIdentification, Model, "Recamera")]
    [InlineData(Dhcp, HostName, "scamper")]
    [InlineData(Dhcp, HostName, "doorstep")]
    [InlineData(Mdns, Service, "_http._tcp")]
    [InlineData(Ipv4, Dials, "udp/123 10.0.0.1")]
    [InlineData(Ethernet, Presence, "")]
    public void A_word_that_only_looks_alike_is_no_clue(ObservationSource source, EvidenceAttribute attribute, string value) =>
        Assert.Equal(Guess.Nothing, Classifier.Classify(Seen.Of((source, attribute, value))));

    [Fact]
    public void Nothing_seen_is_nothing_guessed() => Assert.Equal(Guess.Nothing, Classifier.Classify(Fingerprint.Empty));

    /// <summary>The rule that protects from a wrong trust in addresses, for every maker in the table.</summary>
    [Fact]
    public void The_maker_alone_never_makes_it_likely()
    {
        foreach (var maker in KindTable.BuiltIn["vendor"].Select(e => string.Join(' ', e.Words)).Distinct())
        {
            var guess = Classifier.Classify(Seen.Of((Oui, Vendor, maker), (Lldp, Vendor, maker), (ModbusIdentification, Vendor, maker)));
            Assert.True(guess.Confidence <= Classifier.MaxFromVendorAlone, $"{maker}: {guess.Confidence}");
        }
    }

    [Fact]
    public void Clues_that_agree_make_it_surer_but_never_certain()
    {
        var one = Classifier.Classify(Seen.Of((Oui, Vendor, "Axis Communications AB")));
        var two = Classifier.Classify(Seen.Of((Oui, Vendor, "Axis Communications AB"), (Mdns, Service, "_axis-video._tcp")));
        var all = Classifier.Classify(Seen.Of(
            (Oui, Vendor, "Axis Communications AB"), (Mdns, Service, "_axis-video._tcp"), (Dhcp, HostName, "axis-accc8e1"), (Mdns, Model, "Network Camera")));
        Assert.True(one.Confidence < two.Confidence && two.Confidence < all.Confidence);
        Assert.Equal(Classifier.MaxConfidence, all.Confidence);
        Assert.Equal(["announces-service", "model", "hostname", "vendor"], all.Reasons.Select(r => r.Key).OrderBy(k => Array.IndexOf(["announces-service", "model", "hostname", "vendor"], k)));
    }

    [Fact]
    public void Clues_that_disagree_make_it_less_sure()
    {
        var agreed = Classifier.Classify(Seen.Of((Mdns, Service, "_rtsp._tcp")));
        var disputed = Classifier.Classify(Seen.Of((Mdns, Service, "_rtsp._tcp"), (Dhcp, HostName, "plc-7")));
        Assert.Equal((DeviceKind.Camera, DeviceKind.Camera), (agreed.Kind, disputed.Kind));
        Assert.True(disputed.Confidence < agreed.Confidence);
    }

    [Fact]
    public void A_client_of_controllers_that_asks_again_and_again_is_a_machine()
    {
        (ObservationSource, EvidenceAttribute, string) dial = (Ipv4, Dials, "tcp/502 192.168.10.21");
        var once = Classifier.Classify(Seen.Of(dial));
        var often = Classifier.Classify(Seen.Of(dial, dial));
        Assert.Equal(DeviceKind.SortingMachine, often.Kind);
        Assert.True(once.Confidence < often.Confidence);
        Assert.Equal(new GuessReason("dials", "tcp/502"), Assert.Single(often.Reasons));
    }

    [Fact]
    public void A_controllers_maker_does_not_hide_that_it_is_a_machine()
    {
        (ObservationSource, EvidenceAttribute, string) dial = (Ipv4, Dials, "tcp/502 192.168.10.21");
        var guess = Classifier.Classify(Seen.Of((Oui, Vendor, "Beckhoff Automation GmbH"), dial, dial));
        Assert.Equal(DeviceKind.SortingMachine, guess.Kind);
        Assert.InRange(guess.Confidence, 30, 60);
    }

    [Fact]
    public void A_machine_with_two_sockets_stays_what_it_is() => Assert.Equal(DeviceKind.Plc, Classifier.Classify(Seen.Of(
        (Oui, Vendor, "Siemens AG"), (Lldp, Capabilities, "bridge, station"))).Kind);

    [Fact]
    public void The_same_evidence_in_another_order_gives_the_same_guess()
    {
        (ObservationSource, EvidenceAttribute, string)[] seen =
            [(Oui, Vendor, "Siemens AG"), (Lldp, Description, "SINAMICS G120"), (Dhcp, HostName, "drive-1"), (Ipv4, Dials, "tcp/102 10.0.0.1"), (Ipv4, Dials, "tcp/502 10.0.0.2")];
        var first = Classifier.Classify(Seen.Of(seen));
        Assert.Equal(DeviceKind.Drive, first.Kind);
        var random = new Random(1);
        for (var i = 0; i < 20; i++)
        {
            random.Shuffle(seen);
            Assert.Equal(first, Classifier.Classify(Seen.Of(seen)));
        }
    }

    [Fact]
    public void Every_rule_has_a_key_with_a_text_and_data_to_work_with()
    {
        foreach (var key in ReasonKeys.All)
            Assert.NotEmpty(KindTable.BuiltIn[key]);
    }

    [Theory]
    [InlineData("vendor siemens plc 40", "line 1 has no section, words and kind")]
    [InlineData("# a comment\n\nvendor\tsiemens\tplcs 40", "line 3 has no kind with points")]
    [InlineData("vendor\tsiemens\tplc 101", "line 1 has no kind with points")]
    [InlineData("vendor\tsiemens\tplc", "line 1 has no kind with points")]
    public void A_fault_in_the_table_is_named_by_its_line(string text, string message) =>
        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => KindTable.Read(new StringReader(text))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_guess_goes_into_the_store_and_back_as_it_was()
    {
        var guess = Classifier.Classify(Seen.Of((Oui, Vendor, "Siemens AG")));
        var json = JsonSerializer.Serialize(guess, DiscoveryJson.Default.Guess);
        Assert.Equal(guess, JsonSerializer.Deserialize(json, DiscoveryJson.Default.Guess));
    }
}
