using System.Globalization;
using System.Text.RegularExpressions;
using Gateway.Core.Api;
using Gateway.Core.Devices;
using Gateway.Core.Discovery;
using Gateway.Core.Fabric;
using Gateway.Core.Policy;
using Gateway.WebUi.Components.Controls;
using Gateway.WebUi.Tests.Fakes;
using Gateway.WebUi.Wording;

namespace Gateway.WebUi.Tests.Wording;

public class TextTests
{
    private static readonly TextCatalog Catalog = new();

    public static TheoryData<string> Languages => new(UiLanguage.All.Select(language => language.Code));

    /// <summary>Kinds of the log as the API documents them.</summary>
    private static readonly string[] LogKinds =
    [
        "device-found", "device-named", "device-labelled", "device-approved", "device-cut-off", "device-restored", "device-retired", "device-changed",
        "device-confirmed", "device-online", "device-offline", "second-address", "grant-added", "grant-removed", "policy-applied",
        "identity-requested", "identity-issued", "identity-suspended", "identity-revoked", "connector-up", "connector-down", "flow-refused",
        "flow-opened", "flow-closed", "operation-refused", "operation-written", "fabric-joined", "fabric-away", "fabric-back", "claimed",
        "signed-in", "sign-in-refused", "identify-asked", "dataplane-away", "dataplane-back", "records-suppressed", "journal-full", "journal-ok",
    ];

    [Theory]
    [MemberData(nameof(Languages))]
    public void Every_word_that_the_service_can_send_has_a_text(string language)
    {
        var texts = Catalog[UiLanguage.Find(language)!];
        Assert.All(LogKinds, kind => Assert.True(texts.Knows("log", kind) && texts.Knows("event", kind), kind));
        Assert.All(Words<DropReason>(), reason => Assert.True(texts.Knows("drop", reason), reason));
        Assert.All(Words<DeviceState>().Append("offline"), state => Assert.True(texts.Knows("state", state), state));
        Assert.All(Words<DeviceKind>(), kind => Assert.True(texts.Knows("kind", kind) && texts.Knows("looks-like", kind), kind));
        Assert.All(Words<ConnectorState>(), state => Assert.True(texts.Knows("connector", state), state));
        Assert.All(Words<EvidenceAttribute>(), attribute => Assert.True(texts.Knows("attribute", attribute), attribute));
        Assert.All(Words<ObservationSource>(), source => Assert.True(texts.Knows("source", source), source));
        Assert.All(SetupSteps.All, step => Assert.True(texts.Knows("step", step.Slug), step.Slug));
        Assert.All(["new-device", "changed-device", "fabric-away", "journal-full", "dataplane-away", "certificate-ending"],
            need => Assert.True(texts.Knows("need-title", need) && texts.Knows("need-text", need), need));
        Assert.All(["not-joined", "connected", "unreachable", "refused"], state => Assert.True(texts.Knows("fabric-state", state), state));
        Assert.All(["engineer", "operator", "auditor"], role => Assert.True(texts.Knows("role", role), role));
        Assert.Equal(Gateway.WebUi.Components.Controls.DeviceKinds.All.Order(), Words<DeviceKind>().Order());
    }

    [Fact]
    public void A_line_of_the_log_is_made_from_its_kind_and_values()
    {
        var entry = new LogEntryView(7, DateTimeOffset.UnixEpoch, "operation-refused", "alarm", "scada", "k7m3px", "plc-7", new Dictionary<string, string>
        {
            ["caller"] = "scada", ["operation"] = "write", ["address"] = "40", ["count"] = "2", ["function"] = "16", ["reason"] = "operation-not-granted",
        });
        Assert.Equal("scada tried to write: address 40, count 2, function 16. Refused: no grant for this operation.",
            LogWords.Sentence(Catalog[UiLanguage.English], entry));
        Assert.Equal("scada wollte schreiben: Adresse 40, Anzahl 2, Funktion 16. Abgelehnt: keine Erlaubnis für diesen Befehl.",
            LogWords.Sentence(Catalog[UiLanguage.German], entry));
    }

    [Fact]
    public void A_value_that_is_missing_shows_as_a_question_mark_and_braces_in_values_stay()
    {
        var entry = new LogEntryView(7, DateTimeOffset.UnixEpoch, "device-found", "info", "gateway", null, "", new Dictionary<string, string> { ["mac"] = "{socket}" });
        Assert.Equal("{socket} was found on socket ?. It is blocked.", LogWords.Sentence(Catalog[UiLanguage.English], entry));
    }

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
    [InlineData("udp/3702", "UDP port 3702")]
    [InlineData("tcp/502 modbus 3|0-99,6|10", "TCP port 502 modbus 3|0-99,6|10")]
    public void What_a_grant_is_for_is_said_in_words_with_the_technical_term(string allow, string words) =>
        Assert.Equal(words, GrantWords.Allowed(Catalog[UiLanguage.English], allow));

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
        var path = Path.Combine(Need.ProjectRoot(), "src", "Gateway.WebUi", "Resources", language == "en" ? "Texts.resx" : $"Texts.{language}.resx");
        var texts = System.Xml.Linq.XDocument.Load(path).Root!.Elements("data").Select(data => (Key: (string)data.Attribute("name")!, Text: (string)data.Element("value")!));
        foreach (var (key, text) in texts)
        {
            foreach (var sentence in Regex.Split(text, @"(?<=[.?!:])\s"))
                Assert.True(sentence.Split(' ').Length <= 15, $"{key}: '{sentence}' has more than 15 words");
        }
    }

    private static IEnumerable<string> Words<T>()
        where T : struct, Enum => Enum.GetNames<T>().Select(FakeDevice.Kebab);
}
