using System.Net;
using Gateway.WebUi.Tests.Fakes;

namespace Gateway.WebUi.Tests.Pages;

public class DevicePageTests
{
    [Theory]
    [InlineData("en", "A: isolated", "D: not isolated", "switch behind the socket")]
    [InlineData("de", "A: getrennt", "D: nicht getrennt", "Switch hinter der Buchse")]
    public async Task The_isolation_is_graded_with_its_reasons(string language, string good, string poor, string reason)
    {
        await using var site = await TestSite.StartAsync();
        var plc = site.Box.ProtectPlc(1, "aaaaaa", "plc-1");
        using var browser = site.SignedIn(language);
        await browser.OpenAsync("/d/aaaaaa");
        Assert.Contains(good, browser.Text("[data-test=isolation]"), StringComparison.Ordinal);
        plc.Isolation = new Core.Api.IsolationView("D", [Core.Devices.Isolation.OthersOnLink]);
        await browser.OpenAsync("/d/aaaaaa");
        Assert.Contains(poor, browser.Text("[data-test=isolation]"), StringComparison.Ordinal);
        Assert.Contains(reason, browser.Text("[data-test=isolation]"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_it_may_talk_to_and_whether_that_works_now()
    {
        await using var site = await TestSite.StartAsync();
        site.Box.ProtectPlc();
        using var browser = site.SignedIn();
        await browser.OpenAsync("/d/k7m3px");
        Assert.Equal("plc-7", browser.Text("h1"));
        Assert.Equal("Socket 5 · Hall 3, filling line 2 · =F2+K1-A1", browser.Text(".title-line .muted"));
        var rows = browser.Page.QuerySelectorAll("[data-test=grant]").Select(Browser.Flat).ToList();
        Assert.StartsWith("scada reaches the device Reads values (Modbus, TCP port 502) Working", rows[0], StringComparison.Ordinal);
        Assert.StartsWith("historian (service) reached by the device Sends values (TCP port 8883) last at", rows[1], StringComparison.Ordinal);
        Assert.Equal("spiffe://hall3/ot/filling/plc-7", browser.Text("[data-test=spiffe-id]"));
        Assert.Equal("Connected", browser.Text("#connector [data-t=word]"));
        Assert.Equal("2 connections open", browser.Text("#connector [data-t=flows]"));
    }

    [Fact]
    public async Task Evidence_is_shown_with_source_confidence_and_contradictions()
    {
        await using var site = await TestSite.StartAsync();
        site.Box.ProtectPlc();
        using var browser = site.SignedIn();
        await browser.OpenAsync("/d/k7m3px");
        var rows = browser.Page.QuerySelectorAll("[data-test=evidence] tbody tr").Select(Browser.Flat).ToList();
        Assert.StartsWith("Maker Siemens AG Maker list (IEEE) 60 %", rows[0], StringComparison.Ordinal);
        Assert.StartsWith("Model S7-1500 Contradiction Neighbour message (LLDP) 80 %", rows[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_refused_is_shown_with_caller_and_reason()
    {
        await using var site = await TestSite.StartAsync();
        site.Box.RefuseWrite(site.Box.ProtectPlc(), "office-laptop");
        using var browser = site.SignedIn();
        await browser.OpenAsync("/d/k7m3px");
        Assert.Contains("office-laptop tried to write register 40 (value 7). Refused: the grant allows reading only (Modbus function 6, unit 1).",
            browser.Text("[data-test=refused]"), StringComparison.Ordinal);
        Assert.True(browser.Has("a[href='/log?device=k7m3px']"));
    }

    [Fact]
    public async Task The_heading_of_what_was_refused_counts_nothing_that_the_lines_count_otherwise()
    {
        await using var site = await TestSite.StartAsync();
        var device = site.Box.ProtectPlc();
        site.Box.Record("flow-refused", "notice", "plc-7", device, ("from", "plc-7"), ("fromId", "k7m3px"), ("destination", "10.0.0.9"), ("port", "tcp/8086"), ("reason", "NoGrant"), ("count", "59"));
        using var browser = site.SignedIn();
        await browser.OpenAsync("/d/k7m3px");
        Assert.Contains(browser.Page.QuerySelectorAll("h2"), h => Browser.Flat(h) == "Refused in the last 24 h");
        Assert.Contains("plc-7 wanted 10.0.0.9, TCP port 8086. Refused (59 ×): no grant allows it.", browser.Text("[data-test=refused]"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_device_shows_the_addresses_of_what_is_there_now()
    {
        await using var site = await TestSite.StartAsync();
        var device = site.Box.ProtectPlc();
        site.Box.Break(device);
        using var browser = site.SignedIn();
        await browser.OpenAsync("/d/k7m3px");
        var shape = browser.Page.QuerySelector("[data-live]")?.GetAttribute("data-live");
        Assert.NotNull(shape);
        device.SeenAddress = "192.168.10.66";
        await browser.OpenAsync("/d/k7m3px");
        Assert.Contains("00:80:f4:01:02:03 192.168.10.66", browser.Text("[data-test=changed]"), StringComparison.Ordinal);
        // A page that was open meanwhile is another one now, and says so.
        Assert.NotEqual(shape, browser.Page.QuerySelector("[data-live]")!.GetAttribute("data-live"));
    }

    [Fact]
    public async Task A_removed_grant_is_gone_and_removing_it_twice_says_so()
    {
        await using var site = await TestSite.StartAsync();
        var device = site.Box.ProtectPlc();
        using var browser = site.SignedIn();
        await browser.OpenAsync("/d/k7m3px");
        using var other = site.SignedIn();
        await other.OpenAsync("/d/k7m3px");
        await browser.PressAsync("[data-grant=plc-7-read] [data-test=remove-grant]");
        Assert.Equal("/d/k7m3px", browser.Here);
        Assert.Equal(["plc-7-historian"], device.Grants.Select(g => g.Name));
        await other.PressAsync("[data-grant=plc-7-read] [data-test=remove-grant]");
        Assert.StartsWith("Not done: somebody was faster", other.Text("[data-test=notice]"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cutting_off_and_allowing_again_is_one_press_each()
    {
        await using var site = await TestSite.StartAsync();
        var device = site.Box.ProtectPlc();
        using var browser = site.SignedIn();
        await browser.OpenAsync("/d/k7m3px");
        await browser.PressAsync("[data-test=cut-off]");
        Assert.Equal("cut-off", device.State);
        Assert.StartsWith("Cut off", browser.Text("#device-state"), StringComparison.Ordinal);
        Assert.Equal("Refused", browser.Text("[data-test=grant] [data-t=now]"));
        await browser.PressAsync("[data-test=restore]");
        Assert.Equal("protected", device.State);
    }

    [Fact]
    public async Task What_is_asked_by_Modbus_is_said_before_it_is_asked()
    {
        await using var site = await TestSite.StartAsync();
        var device = site.Box.ProtectPlc();
        using var browser = site.SignedIn();
        await browser.OpenAsync("/d/k7m3px");
        Assert.Contains("opens TCP port 502 at 192.168.10.21. It sends one Modbus request: read device identification (function 43/14). It writes nothing.",
            Browser.Flat(browser.Page.QuerySelector("[data-test=identify]")!.Closest("details")!), StringComparison.Ordinal);
        Assert.DoesNotContain(device.Evidence, e => e.Source == "modbus");
        await browser.PressAsync("[data-test=identify]");
        Assert.Contains("Own answer (Modbus)", browser.Text("[data-test=evidence]"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_that_does_not_answer_is_told_in_words()
    {
        await using var site = await TestSite.StartAsync();
        site.Box.PlugPlc(id: "silent");
        using var browser = site.SignedIn();
        await browser.OpenAsync("/d/silent");
        await browser.PressAsync("[data-test=identify]");
        Assert.Equal("The device did not answer. Perhaps it does not speak Modbus.", browser.Text("[data-test=notice]"));
    }

    [Fact]
    public async Task Retiring_is_two_presses_and_for_good()
    {
        await using var site = await TestSite.StartAsync();
        var device = site.Box.ProtectPlc();
        using var browser = site.SignedIn();
        await browser.OpenAsync("/d/k7m3px");
        Assert.NotNull(browser.Page.QuerySelector("[data-test=retire]")!.Closest("details:not([open])"));
        await browser.PressAsync("[data-test=retire]");
        Assert.Equal("retired", device.State);
        Assert.False(browser.Has("[data-test=cut-off], [data-test=restore], [data-test=retire]"));
    }

    [Fact]
    public async Task When_the_old_one_is_back_the_approved_binding_is_confirmed()
    {
        await using var site = await TestSite.StartAsync();
        var device = site.Box.ProtectPlc();
        var mac = device.Device.Mac;
        site.Box.Break(device);
        using var browser = site.SignedIn();
        await browser.OpenAsync("/d/k7m3px");
        Assert.Contains("00:80:f4:01:02:03", browser.Text("[data-test=changed]"), StringComparison.Ordinal);
        Assert.Equal("Held back", browser.Text("#connector [data-t=word]"));
        await browser.PressAsync("[data-test=old-back]");
        Assert.Equal("protected", device.State);
        Assert.Equal(mac, device.Device.Mac);
    }

    [Fact]
    public async Task A_spare_part_takes_over_after_a_person_compared_its_address()
    {
        await using var site = await TestSite.StartAsync();
        var device = site.Box.ProtectPlc();
        site.Box.Break(device);
        using var browser = site.SignedIn();
        await browser.OpenAsync("/d/k7m3px");
        await browser.OpenAsync(browser.Page.QuerySelector("[data-test=replaced]")!.GetAttribute("href")!);
        Assert.Equal("00:80:f4:01:02:03", browser.Page.QuerySelector("#mac")!.GetAttribute("value"));
        Assert.Equal("192.168.10.21/24", browser.Page.QuerySelector("#address")!.GetAttribute("value"));
        await browser.PressAsync("[data-test=replace]", ("mac", "nonsense"));
        Assert.Equal("'nonsense' is no hardware address", browser.Text("#mac-error"));
        await browser.PressAsync("[data-test=replace]", ("mac", "00:80:f4:01:02:03"));
        Assert.Equal("protected", device.State);
        Assert.Equal("00:80:f4:01:02:03", device.Device.Mac.ToString());
    }

    [Fact]
    public async Task More_can_be_allowed_later_and_nothing_is_chosen_beforehand()
    {
        await using var site = await TestSite.StartAsync();
        var device = site.Box.ProtectPlc();
        using var browser = site.SignedIn();
        await browser.OpenAsync("/d/k7m3px/allow");
        await browser.PressAsync("[data-test=allow-more]");
        Assert.Equal("Choose at least one row to allow.", browser.Text("[data-test=form-error]"));
        await browser.PressAsync("[data-test=allow-more]", ("choice.write", "allow"));
        Assert.Equal("/d/k7m3px", browser.Here);
        Assert.Contains(device.Grants, g => g.Name == "plc-7-write");
    }

    [Fact]
    public async Task An_auditor_reads_and_finds_no_button()
    {
        await using var site = await TestSite.StartAsync();
        var device = site.Box.ProtectPlc();
        site.Box.Break(device);
        using var browser = site.SignedIn(role: "auditor");
        await browser.OpenAsync("/d/k7m3px");
        Assert.False(browser.Has("main form"));
        await browser.OpenAsync("/");
        await browser.PressAsync(".settings button[value=de]");
        var token = browser.Page.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        await browser.PostAsync("/d/k7m3px/do/cut-off", [new("__RequestVerificationToken", token)]);
        Assert.Equal("Nicht ausgeführt: Ihre Rolle darf das nicht.", browser.Text("[data-test=notice]"));
        Assert.Equal("changed", device.State);
    }

    [Theory]
    [InlineData("/d/nobody")]
    [InlineData("/d/nobody/setup/found")]
    [InlineData("/d/..%2fbox")]
    [InlineData("/d/k7m3px/setup/dance")]
    [InlineData("/no-such-page")]
    public async Task What_does_not_exist_is_a_readable_page_with_status_404(string path)
    {
        await using var site = await TestSite.StartAsync();
        using var browser = site.SignedIn("de");
        var answer = await browser.OpenAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("Diese Seite gibt es nicht", browser.Text("h1"));
    }
}
