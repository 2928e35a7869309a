using Gateway.Core.Discovery;
using Gateway.Core.Net;

namespace Gateway.Core.Tests.Discovery;

public sealed class OuiRegistryTests
{
    private const string Large = """
        Registry,Assignment,Organization Name,Organization Address
        MA-L,286336,Siemens AG,Gleiwitzer Str. 555 Nuremberg Bavaria DE 90475
        MA-L,70B3D5,IEEE Registration Authority,445 Hoes Lane Piscataway NJ US 08554
        MA-L,AABBCC,"Quotes ""and"", commas",Somewhere
        MA-L,001122,Private,
        MA-L,00CCDD,First,
        MA-L,00CCDD,Second,
        """;

    [Theory]
    [InlineData("28:63:36:aa:10:2f", "Siemens AG")]
    [InlineData("70:b3:d5:f2:f1:23", "TELEPLATFORMS")]
    [InlineData("b0:c5:ca:f1:23:45", "Medium Maker")]
    [InlineData("00:50:c2:7d:51:11", "DEUTA-WERKE GmbH")]
    [InlineData("00:cc:dd:00:00:01", "First")]
    [InlineData("70:b3:d5:00:00:01", null)]
    [InlineData("00:11:22:00:00:01", null)]
    [InlineData("00:99:99:00:00:01", null)]
    public void The_longest_block_that_holds_an_address_names_its_maker(string mac, string? maker)
    {
        using var folder = Folder();
        Assert.Equal(maker, new OuiRegistry(folder.Path).Find(MacAddress.Parse(mac)));
    }

    [Fact]
    public void Quoted_names_lose_their_quotes()
    {
        var builder = new OuiBlocksBuilder();
        builder.Read(new StringReader("header\nMA-L,0ABBCC,\"Quotes \"\"and\"\", commas\",Somewhere\nMA-L,0ABBCD,\"open"));
        var blocks = builder.Build();
        Assert.Equal("Quotes \"and\", commas", blocks.Find(0x0ABBCC000000, 24));
        Assert.Equal("open", blocks.Find(0x0ABBCD000000, 24));
    }

    [Theory]
    [InlineData("2a:63:36:aa:10:2f")]
    [InlineData("01:00:5e:00:00:01")]
    [InlineData("ff:ff:ff:ff:ff:ff")]
    public void An_address_that_someone_made_up_or_a_group_has_no_maker(string mac)
    {
        using var folder = Folder();
        Assert.Null(new OuiRegistry(folder.Path).Find(MacAddress.Parse(mac)));
    }

    [Fact]
    public void Without_the_files_nothing_is_known_and_the_status_says_what_would_help()
    {
        using var folder = new TempFolder();
        var registry = new OuiRegistry(folder.Path);
        Assert.Null(registry.Find(MacAddress.Parse("28:63:36:aa:10:2f")));
        Assert.False(registry.Status.Available);
        Assert.Contains("install the Debian package ieee-data", registry.Status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_that_are_no_block_are_counted_and_do_no_harm()
    {
        using var folder = Folder();
        File.AppendAllText(folder.File("oui.csv"), "\nnonsense\nMA-L,XYZXYZ,a,b\nMA-L,12345,a,b\n,,,\n");
        var registry = new OuiRegistry(folder.Path);
        Assert.Equal("Siemens AG", registry.Find(MacAddress.Parse("28:63:36:aa:10:2f")));
        Assert.Contains("4 lines could not be read", registry.Status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_address_over_several_lines_is_no_fault()
    {
        var builder = new OuiBlocksBuilder();
        builder.Read(new StringReader("header\nMA-L,0ABBCC,Maker,\"Street 1\nTown\nDE\"\nMA-L,0ABBCD,Other,Street\n"));
        Assert.Equal((2, 0), (builder.Count, builder.Skipped));
    }

    [Fact]
    public void A_long_name_is_cut_between_two_characters()
    {
        var builder = new OuiBlocksBuilder();
        builder.Read(new StringReader($"header\nMA-L,0ABBCC,{new string('x', 254)}ä,"));
        Assert.Equal(new string('x', 254), builder.Build().Find(0x0ABBCC000000, 24));
    }

    [Fact]
    public void A_maker_is_an_observation_of_the_vendor()
    {
        using var folder = Folder();
        var registry = new OuiRegistry(folder.Path);
        var mac = MacAddress.Parse("28:63:36:aa:10:2f");
        var at = new DateTimeOffset(2026, 11, 23, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal(new Observation(at, "socket-1", mac, ObservationSource.Oui, EvidenceAttribute.Vendor, "Siemens AG"), registry.Observe(at, "socket-1", mac));
        Assert.Null(registry.Observe(at, "socket-1", MacAddress.Parse("00:99:99:00:00:01")));
    }

    [Fact]
    [Trait("Category", "Slow")]
    public void Nine_of_ten_addresses_in_the_captures_have_a_maker()
    {
        Need.Path(Path.Combine(OuiRegistry.DefaultFolder, "oui.csv"), "ieee-data");
        var registry = new OuiRegistry();
        var macs = Corpus.All().SelectMany(file => CaptureFile.Read(file.Path))
            .Where(frame => frame.LinkType == CapturedFrame.Ethernet && frame.Bytes.Length >= 14)
            .Select(frame => MacAddress.Read(frame.Bytes.AsSpan(6)))
            .Where(m => !m.IsLocallyAdministered && !m.IsMulticast && !m.IsZero).ToHashSet();
        var known = macs.Count(m => registry.Find(m) is not null);
        TestContext.Current.TestOutputHelper?.WriteLine($"{known} of {macs.Count} addresses have a maker; {registry.Status.Message}");
        Assert.DoesNotContain("could not be read", registry.Status.Message, StringComparison.Ordinal);
        Assert.True(macs.Count > 500, $"only {macs.Count} addresses found");
        Assert.True(known >= macs.Count * 0.9, $"{known} of {macs.Count}");
    }

    [Fact]
    [Trait("Category", "Slow")]
    public void The_whole_registry_stays_small_in_memory()
    {
        Need.Path(Path.Combine(OuiRegistry.DefaultFolder, "oui.csv"), "ieee-data");
        var builder = new OuiBlocksBuilder();
        foreach (var file in Directory.GetFiles(OuiRegistry.DefaultFolder, "*.csv"))
        {
            using var reader = new StreamReader(file);
            builder.Read(reader);
        }
        Assert.True(builder.Count > 40_000);
        Assert.InRange(builder.Build().SizeBytes, 500_000, 2_000_000);
    }

    private static TempFolder Folder()
    {
        var folder = new TempFolder();
        File.WriteAllText(folder.File("oui.csv"), Large);
        File.WriteAllText(folder.File("mam.csv"), "Registry,Assignment,Organization Name,Organization Address\nMA-M,B0C5CAF,Medium Maker,\n");
        File.WriteAllText(folder.File("oui36.csv"), "Registry,Assignment,Organization Name,Organization Address\nMA-S,70B3D5F2F,TELEPLATFORMS,\"Polbina st., 3/1\"\n");
        File.WriteAllText(folder.File("iab.csv"), "Registry,Assignment,Organization Name,Organization Address\nIAB,0050C27D5,DEUTA-WERKE GmbH,\n");
        return folder;
    }
}
