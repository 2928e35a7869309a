using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Gateway.Core.Api;
using Gateway.Core.Devices;
using Gateway.Core.Discovery;
using Gateway.Core.Fabric;
using Gateway.Core.Operations;
using Gateway.Core.Policy;
using Gateway.Core.State;
using Gateway.WebUi.Components.Controls;
using Gateway.WebUi.Tests.Fakes;
using Gateway.WebUi.Wording;

namespace Gateway.WebUi.Tests.Wording;

public class TextTests
{
    private static readonly TextCatalog Catalog = new();

    public static TheoryData<string> Languages => new(UiLanguage.All.Select(language => language.Code));

    /// <summary>Words that the service sends, by family of texts: from the one list that service and pages share.</summary>
    public static TheoryData<string, string[]> Families => new()
    {
        { "event", [.. LogKinds.All] },
        { "log", [.. LogKinds.All] },
        { "severity", [.. LogSeverities.All] },
        { "why", [.. ProposalReasons.All] },
        { "reason", [.. ReasonKeys.All] },
        { "act", [.. OperationWords.Names] },
        { "miss", [.. OperationWords.Reasons] },
        { "isolation-grade", [.. Enum.GetNames<Core.Devices.IsolationGrade>().Select(name => name.Length == 1 ? name : FakeDevice.Kebab(name))] },
        { "isolation-reason", [.. Core.Devices.Isolation.AllReasons] },
        { "drop", [.. Enum.GetNames<DropReason>().Select(FakeDevice.Kebab)] },
        { "state", [.. Enum.GetValues<DeviceState>().Select(ApiWords.Of), "offline", "empty"] },
        { "connector", [.. Enum.GetValues<ConnectorState>().Select(ApiWords.Of)] },
        { "attribute", [.. Enum.GetValues<EvidenceAttribute>().Select(ApiWords.Of), "mac"] },
        { "source", [.. Enum.GetValues<ObservationSource>().Select(ApiWords.Of)] },
        { "role", [.. Enum.GetValues<Role>().Select(ApiWords.Of)] },
        { "kind", [.. Enum.GetValues<DeviceKind>().Select(Core.Devices.DeviceKinds.Label)] },
        { "looks-like", [.. Enum.GetValues<DeviceKind>().Select(Core.Devices.DeviceKinds.Label)] },
        { "need-title", [.. NeedKinds.All] },
        { "need-text", [.. NeedKinds.All] },
        { "fabric-state", ["not-joined", "connected", "unreachable", "refused"] },
        { "step", [.. SetupSteps.All.Select(step => step.Slug)] },
    };

    [Theory]
    [MemberData(nameof(Families))]
    public void Every_word_that_the_service_can_send_has_a_text_and_no_other_has(string family, string[] words)
    {
        foreach (var language in UiLanguage.All)
        {
            var texts = Keys(language.Code).Where(key => key.StartsWith(family + ".", StringComparison.Ordinal)).Select(key => key[(family.Length + 1)..]);
            Assert.Equal(words.Append("other").Distinct().Order(), texts.Order());
        }
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public void Every_purpose_of_a_proposal_has_a_text(string language) =>
        Assert.All(ProposalPurposes.All, purpose => Assert.True(Catalog[UiLanguage.Find(language)!].Knows("what", purpose), purpose));

    [Fact]
    public void A_person_can_choose_every_kind_of_device() => Assert.Equal(
        Enum.GetValues<DeviceKind>().Select(Core.Devices.DeviceKinds.Label).Order(), Gateway.WebUi.Components.Controls.DeviceKinds.All.Order());

    [Theory]
    [InlineData(0, "0 devices are protected.", "0 Geräte sind geschützt.")]
    [InlineData(1, "1 device is protected.", "1 Gerät ist geschützt.")]
    [InlineData(2, "2 devices are protected.", "2 Geräte sind geschützt.")]
    public void Plurals_follow_the_language(int count, string english, string german)
    {
        Assert.Equal(english, Catalog[UiLanguage.English].Count("box.protected", count));
        Assert.Equal(german, Catalog[UiLanguage.German].Count("box.protected", count));
    }

    [Theory]
    [InlineData("tcp/502 modbus read", "Reads values (Modbus, TCP port 502)")]
    [InlineData("tcp/554", "Video (RTSP, TCP port 554)")]
    [InlineData("udp/3702", "Opens connections (UDP port 3702)")]
    [InlineData("tcp/502 modbus 3|0-99,6|10", "TCP port 502 modbus 3|0-99,6|10")]
    public void What_a_grant_is_for_is_said_in_words_with_the_technical_term(string allow, string words) =>
        Assert.Equal(words, GrantWords.Allowed(Catalog[UiLanguage.English], allow));

    [Theory]
    [InlineData("caller scada", "scada", "scada")]
    [InlineData("service historian as 10.20.0.30", "historian (service) · 10.20.0.30", "historian (Dienst) · 10.20.0.30")]
    [InlineData("device plc-7", "plc-7 (device)", "plc-7 (Gerät)")]
    public void A_partner_is_named_in_the_language_of_the_page(string selector, string english, string german)
    {
        Assert.Equal(english, GrantWords.Partner(Catalog[UiLanguage.English], selector));
        Assert.Equal(german, GrantWords.Partner(Catalog[UiLanguage.German], selector));
    }

    [Fact]
    public void What_goes_to_a_service_is_sent_there()
    {
        var grant = new GrantView("plc-7-to-historian", "device plc-7", "service historian", ["tcp/8086"], "out", "", null);
        var proposal = new ProposalView("plc-7-to-historian", "plc-7", "historian", "tcp/8086", "", "out", ProposalPurposes.Send, true, ProposalReasons.Tried, 3);
        Assert.Equal("Sends values (TCP port 8086)", GrantWords.Allowed(Catalog[UiLanguage.English], grant, grant.Allow[0]));
        Assert.Equal("Sends values (TCP port 8086)", GrantWords.Allowed(Catalog[UiLanguage.English], proposal));
        Assert.Equal("Sendet Werte (TCP-Port 8086)", GrantWords.Allowed(Catalog[UiLanguage.German], grant, grant.Allow[0]));
    }

    [Fact]
    public void Times_are_local_with_24_hours_and_ISO_dates_in_every_culture()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(new DateTimeOffset(2026, 3, 2, 13, 5, 9, TimeSpan.Zero));
        time.SetLocalTimeZone(TimeZoneInfo.CreateCustomTimeZone("plant", TimeSpan.FromHours(1), "plant", "plant"));
        var clock = new Clock(time);
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("ar-SA");
        try
        {
            Assert.Equal("14:05", clock.Short(time.GetUtcNow()));
            Assert.Equal("2026-03-01 14:05", clock.Short(time.GetUtcNow().AddDays(-1)));
            Assert.Equal("2026-03-02 14:05:09", clock.Full(time.GetUtcNow()));
            Assert.Equal("2026-03-02T13:05:09Z", Clock.Machine(time.GetUtcNow()));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public void Sentences_are_short_enough_for_people_at_a_machine(string language)
    {
        foreach (var (key, text) in Read(language))
        {
            foreach (var sentence in Regex.Split(text, @"(?<=[.?!:])\s"))
                Assert.True(sentence.Split(' ').Length <= 15, $"{key}: '{sentence}' has more than 15 words");
        }
    }

    private static IEnumerable<string> Keys(string language) => Read(language).Select(text => text.Key);

    private static IEnumerable<(string Key, string Text)> Read(string language)
    {
        var path = Path.Combine(Need.ProjectRoot(), "src", "Gateway.WebUi", "Resources", language == "en" ? "Texts.resx" : $"Texts.{language}.resx");
        return XDocument.Load(path).Root!.Elements("data").Select(data => ((string)data.Attribute("name")!, (string)data.Element("value")!));
    }
}
