using Gateway.Core.Api;
using Gateway.WebUi.Wording;

namespace Gateway.WebUi.Tests.Wording;

/// <summary>What a person reads of a line of the log.</summary>
public class LogWordTests
{
    private static readonly TextCatalog Catalog = new();

    [Theory]
    [InlineData("write-register", "6", "10", "1", "99", "reading-only",
        "scada-1 tried to write register 10 (value 99). Refused: the grant allows reading only (Modbus function 6, unit 1).",
        "scada-1 wollte Register 10 schreiben (Wert 99). Abgelehnt: die Erlaubnis gilt nur fürs Lesen (Modbus-Funktion 6, Einheit 1).")]
    [InlineData("write-registers", "16", "100", "10", "5", "address",
        "scada-1 tried to write registers 100-109 (first value 5). Refused: the grant does not cover this address (Modbus function 16, unit 1).",
        "scada-1 wollte Register 100-109 schreiben (erster Wert 5). Abgelehnt: die Erlaubnis gilt nicht für diese Adresse (Modbus-Funktion 16, Einheit 1).")]
    [InlineData("write-coil", "5", "3", "1", "65280", "function",
        "scada-1 tried to switch coil 3 (on). Refused: the grant does not allow this function (Modbus function 5, unit 1).",
        "scada-1 wollte Coil 3 schalten (ein). Abgelehnt: die Erlaubnis umfasst diese Funktion nicht (Modbus-Funktion 5, Einheit 1).")]
    [InlineData("read-holding-registers", "3", "0", "10", null, "unit",
        "scada-1 tried to read registers 0-9. Refused: the grant does not cover this unit (Modbus function 3, unit 1).",
        "scada-1 wollte Register 0-9 lesen. Abgelehnt: die Erlaubnis gilt nicht für diese Einheit (Modbus-Funktion 3, Einheit 1).")]
    [InlineData("program", "90", null, null, null, "reading-only",
        "scada-1 tried to program the controller. Refused: the grant allows reading only (Modbus function 90, unit 1).",
        "scada-1 wollte die Steuerung programmieren. Abgelehnt: die Erlaubnis gilt nur fürs Lesen (Modbus-Funktion 90, Einheit 1).")]
    public void A_refused_operation_is_said_in_plain_words(
        string operation, string function, string? address, string? count, string? value, string reason, string english, string german)
    {
        var entry = Line(LogKinds.OperationRefused, ("caller", "scada-1"), ("operation", operation), ("function", function), ("unit", "1"),
            ("address", address), ("count", count), ("value", value), ("times", "1"), ("reason", reason));
        Assert.Equal(english, LogWords.Sentence(Catalog[UiLanguage.English], entry));
        Assert.Equal(german, LogWords.Sentence(Catalog[UiLanguage.German], entry));
    }

    [Fact]
    public void A_write_that_was_let_through_names_its_grant() => Assert.Equal(
        "scada-1 was allowed to write register 10 (value 0), by the grant scada-operate-plc-7 (Modbus function 6, unit 1).",
        LogWords.Sentence(Catalog[UiLanguage.English], Line(LogKinds.OperationWritten, ("caller", "scada-1"), ("operation", "write-register"),
            ("function", "6"), ("unit", "1"), ("address", "10"), ("count", "1"), ("value", "0"), ("grant", "scada-operate-plc-7"))));

    [Fact]
    public void A_device_without_a_name_is_called_by_its_short_code_and_its_target_by_its_address()
    {
        var entry = Line(LogKinds.FlowRefused, ("from", "mq99x4"), ("fromId", "mq99x4"), ("source", "192.168.10.31"), ("destination", "192.168.10.40"),
            ("port", "tcp/8086"), ("count", "1"), ("reason", "UnknownDevice")) with { Actor = "mq99x4", DeviceId = "mq99x4", DeviceName = "" };
        Assert.Equal("New device mq99x4 wanted 192.168.10.40, TCP port 8086. Refused: it is not set up yet.", LogWords.Sentence(Catalog[UiLanguage.English], entry));
        Assert.Equal("Neues Gerät mq99x4 wollte zu 192.168.10.40, TCP-Port 8086. Abgelehnt: es ist noch nicht eingerichtet.",
            LogWords.Sentence(Catalog[UiLanguage.German], entry));
        Assert.Equal(("New device mq99x4", "New device mq99x4"), (LogWords.Actor(Catalog[UiLanguage.English], entry), LogWords.Device(Catalog[UiLanguage.English], entry)));
    }

    [Fact]
    public void A_device_with_a_name_is_called_by_it()
    {
        var entry = Line(LogKinds.FlowRefused, ("from", "sorter-a"), ("fromId", "mq99x4"), ("to", "plc-7"), ("toId", "k7m3px"), ("destination", "192.168.10.21"),
            ("port", "tcp/502"), ("count", "59"), ("reason", "NoGrant")) with { Actor = "sorter-a" };
        Assert.Equal("sorter-a wanted plc-7, TCP port 502. Refused (59 ×): no grant allows it.", LogWords.Sentence(Catalog[UiLanguage.English], entry));
        Assert.Equal("sorter-a", LogWords.Actor(Catalog[UiLanguage.English], entry));
    }

    [Fact]
    public void What_came_again_is_said_with_its_count()
    {
        var opened = Line(LogKinds.FlowOpened, ("from", "plc-7"), ("to", "historian"), ("port", "tcp/8086"), ("count", "30"), ("grant", "g"));
        Assert.Equal("plc-7 opened TCP port 8086 at historian (30 ×), by the grant g.", LogWords.Sentence(Catalog[UiLanguage.English], opened));
        var refused = Line(LogKinds.OperationRefused, ("caller", "scada-1"), ("operation", "diagnose"), ("function", "8"), ("subFunction", "1"), ("unit", "1"),
            ("times", "4"), ("reason", "function"));
        Assert.Equal("scada-1 tried to run a diagnosis (4 ×). Refused: the grant does not allow this function (Modbus function 8/1, unit 1).",
            LogWords.Sentence(Catalog[UiLanguage.English], refused));
    }

    [Fact]
    public void The_site_file_and_the_gateway_are_named_in_the_language_of_the_page()
    {
        var entry = Line(LogKinds.SiteImported, ("devices", "1"), ("grants", "2"));
        Assert.Equal("Gateway", LogWords.Actor(Catalog[UiLanguage.German], entry));
        Assert.Equal("Standortdatei", LogWords.Actor(Catalog[UiLanguage.German], entry with { Actor = LogActors.SiteFile }));
    }

    [Fact]
    public void A_change_that_nobody_saw_is_something_else() => Assert.Equal(
        "Something else speaks in place of plc-7. It is blocked.", LogWords.Sentence(Catalog[UiLanguage.English], Line(LogKinds.DeviceChanged)));

    [Fact]
    public void A_value_that_is_missing_shows_as_a_question_mark_and_braces_in_values_stay() => Assert.Equal(
        "{socket} was found on socket ?. It is blocked.", LogWords.Sentence(Catalog[UiLanguage.English], Line(LogKinds.DeviceFound, ("mac", "{socket}"))));

    /// <summary>A sentence asks only for values that a line of its kind can have.</summary>
    [Theory]
    [InlineData("en")]
    [InlineData("de")]
    public void Every_sentence_can_be_filled_from_the_values_that_its_kind_has(string language)
    {
        var rows = File.ReadLines(Path.Combine(Need.ProjectRoot(), "docs", "log.md")).Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Where(cells => cells.Length == 6 && LogKinds.All.Contains(cells[1])).ToList();
        Assert.Equal(LogKinds.All.Length, rows.Count);
        foreach (var row in rows)
        {
            var values = row[3].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(name => (name, (string?)"1"));
            Assert.DoesNotContain("?", LogWords.Sentence(Catalog[UiLanguage.Find(language)!], Line(row[1], [.. values])), StringComparison.Ordinal);
        }
    }

    private static LogEntryView Line(string kind, params (string Name, string? Value)[] values) => new(
        7, DateTimeOffset.UnixEpoch, kind, LogSeverities.Notice, LogActors.Gateway, "k7m3px", "plc-7",
        values.Where(v => v.Value is not null).ToDictionary(v => v.Name, v => v.Value!));
}
