using System.Net;
using Gateway.WebUi.Tests.Fakes;

namespace Gateway.WebUi.Tests.Pages;

/// <summary>From an unknown socket to a protected device.</summary>
public class SetupTests
{
    [Fact]
    public async Task Found_name_allow_protects_the_device_with_exactly_what_was_allowed()
    {
        await using var site = await TestSite.StartAsync();
        var device = site.Box.PlugPlc(5);
        using var browser = site.SignedIn();
        await browser.OpenAsync("/");
        await browser.OpenAsync(browser.Page.QuerySelector("#need-1 a")!.GetAttribute("href")!);
        Assert.Equal("New device on socket 5", browser.Text("h1"));
        Assert.Equal("1. Found", browser.Text(".steps [aria-current=step]"));
        Assert.StartsWith("Our guess: PLC, fairly sure. Because: maker Siemens AG", browser.Text("#guess"), StringComparison.Ordinal);

        await browser.PressAsync("[data-test=next]", ("kind", "drive"));
        Assert.Equal("/d/k7m3px/setup/name?kind=drive", browser.Here);
        Assert.Equal("drive", browser.Page.QuerySelector("#kind option[selected]")!.GetAttribute("value"));
        await browser.PressAsync("[data-test=next]", ("name", "plc-7"), ("place", "Hall 3"), ("labels", "line=filler-2\r\narea=wet"), ("keeper", "Team electric"));
        Assert.Equal("/d/k7m3px/setup/allow", browser.Here);
        Assert.Equal("Who may plc-7 talk to?", browser.Text("h1"));
        Assert.Equal("wet", device.Device.Labels["area"]);

        await browser.PressAsync("[data-test=approve]",
            ("choice.read", "allow"), ("choice.write", "refuse"), ("choice.historian", "allow"), ("choice.web", "refuse"));
        Assert.Equal("/d/k7m3px", browser.Here);
        Assert.Equal("protected", device.State);
        Assert.Equal(["plc-7-read", "plc-7-historian"], device.Grants.Select(g => g.Name));
        Assert.Equal("corridor", device.Device.Fabric);
        Assert.Equal("192.168.10.21/24", device.Device.Binding!.Address.ToString());
        Assert.StartsWith("Protected", browser.Text("#device-state"), StringComparison.Ordinal);
        Assert.Equal("Getting its certificate", browser.Text("#connector [data-t=word]"));
    }

    [Fact]
    public async Task What_it_is_must_be_chosen_when_nothing_was_guessed()
    {
        await using var site = await TestSite.StartAsync();
        site.Box.PlugPlc().Guess = new Core.Api.GuessView("other", 0, []);
        using var browser = site.SignedIn();
        await browser.OpenAsync("/d/k7m3px/setup/found");
        Assert.StartsWith("Our guess: none yet.", browser.Text("#guess"), StringComparison.Ordinal);
        var answer = await browser.PressAsync("[data-test=next]");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Equal("Choose what it is.", browser.Text("#kind-error"));
    }

    [Fact]
    public async Task Not_ours_cuts_the_device_off()
    {
        await using var site = await TestSite.StartAsync();
        var device = site.Box.PlugPlc();
        using var browser = site.SignedIn();
        await browser.OpenAsync("/d/k7m3px/setup/found");
        await browser.PressAsync("[data-test=not-ours]");
        Assert.Equal("/d/k7m3px", browser.Here);
        Assert.Equal("cut-off", device.State);
    }

    [Fact]
    public async Task A_name_that_does_not_fit_is_shown_at_its_field_and_everything_typed_is_kept()
    {
        await using var site = await TestSite.StartAsync();
        site.Box.PlugPlc();
        using var browser = site.SignedIn("de");
        await browser.OpenAsync("/d/k7m3px/setup/name");
        var answer = await browser.PressAsync("[data-test=next]",
            ("name", "Füller 2"), ("place", "Halle \"3\" <Süd>"), ("labels", "linie=2"), ("kind", "drive"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.StartsWith("3 bis 48 kleine Buchstaben", browser.Text("#name-error"), StringComparison.Ordinal);
        Assert.Equal("Füller 2", browser.Page.QuerySelector("#name")!.GetAttribute("value"));
        Assert.Equal("Halle \"3\" <Süd>", browser.Page.QuerySelector("#place")!.GetAttribute("value"));
        Assert.Equal("linie=2", browser.Page.QuerySelector("#labels")!.TextContent);
        Assert.Equal("drive", browser.Page.QuerySelector("#kind option[selected]")!.GetAttribute("value"));
    }

    [Fact]
    public async Task A_name_that_is_taken_says_so()
    {
        await using var site = await TestSite.StartAsync();
        site.Box.ProtectPlc(1, "aaaaaa", "plc-7");
        site.Box.PlugPlc();
        using var english = site.SignedIn();
        await english.OpenAsync("/d/k7m3px/setup/name");
        await english.PressAsync("[data-test=next]", ("name", "plc-7"));
        Assert.Equal("another device is called plc-7", english.Text("#name-error"));
        using var german = site.SignedIn("de");
        await german.OpenAsync("/d/k7m3px/setup/name");
        await german.PressAsync("[data-test=next]", ("name", "plc-7"));
        Assert.StartsWith("Ein anderes Gerät heißt schon so.", german.Text("#name-error"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no label")]
    [InlineData("=value")]
    [InlineData("key=")]
    [InlineData("a=1\na=2")]
    public async Task A_line_that_is_no_label_is_named(string labels)
    {
        await using var site = await TestSite.StartAsync();
        site.Box.PlugPlc();
        using var browser = site.SignedIn();
        await browser.OpenAsync("/d/k7m3px/setup/name");
        await browser.PressAsync("[data-test=next]", ("name", "plc-7"), ("labels", labels));
        Assert.StartsWith($"'{labels.Split('\n')[^1]}' is no new label.", browser.Text("#labels-error"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_row_must_be_decided_and_decided_rows_are_kept()
    {
        await using var site = await TestSite.StartAsync();
        var device = await NamedAsync(site);
        using var browser = site.SignedIn();
        await browser.OpenAsync("/d/k7m3px/setup/allow");
        Assert.False(browser.Has("input[type=radio][checked]"), "nothing is accepted by itself");
        await browser.PressAsync("[data-test=approve]", ("choice.read", "allow"), ("choice.web", "refuse"));
        Assert.Equal("2 rows are not decided.", browser.Text("[data-test=form-error]"));
        Assert.Equal(["write", "historian"], browser.Page.QuerySelectorAll("tr.wrong").Select(row => row.GetAttribute("data-id")));
        Assert.True(browser.Has("[data-id=read] input[value=allow][checked]"));
        Assert.True(browser.Has("[data-id=web] input[value=refuse][checked]"));
        Assert.Equal("named", device.State);
    }

    [Fact]
    public async Task The_suggestions_are_marked_on_request_and_still_sent_by_a_person()
    {
        await using var site = await TestSite.StartAsync();
        var device = await NamedAsync(site);
        using var browser = site.SignedIn();
        await browser.OpenAsync("/d/k7m3px/setup/allow");
        await browser.OpenAsync(browser.Page.QuerySelector("[data-test=as-suggested]")!.GetAttribute("href")!);
        Assert.Equal(["allow", "refuse", "allow", "refuse"],
            browser.Page.QuerySelectorAll("input[type=radio][checked]").Select(input => input.GetAttribute("value")));
        Assert.Equal("named", device.State);
        await browser.PressAsync("[data-test=approve]");
        Assert.Equal("protected", device.State);
    }

    [Fact]
    public async Task An_address_without_length_is_shown_at_its_field()
    {
        await using var site = await TestSite.StartAsync();
        await NamedAsync(site);
        using var browser = site.SignedIn();
        await browser.OpenAsync("/d/k7m3px/setup/allow?choose=suggested");
        await browser.PressAsync("[data-test=approve]", ("address", "192.168.10.21"));
        Assert.Equal("'192.168.10.21' is no address with a length", browser.Text("#address-error"));
        Assert.Equal("192.168.10.21", browser.Page.QuerySelector("#address")!.GetAttribute("value"));
        Assert.True(browser.Has("[data-id=read] input[value=allow][checked]"));
    }

    [Theory]
    [InlineData("/d/k7m3px/setup/found")]
    [InlineData("/d/k7m3px/setup/allow")]
    public async Task The_steps_of_a_protected_device_lead_to_its_page(string step)
    {
        await using var site = await TestSite.StartAsync();
        site.Box.ProtectPlc();
        using var browser = site.SignedIn();
        await browser.OpenAsync(step);
        Assert.Equal("/d/k7m3px", browser.Here);
    }

    [Fact]
    public async Task A_step_ahead_of_the_name_leads_back_to_the_first()
    {
        await using var site = await TestSite.StartAsync();
        site.Box.PlugPlc();
        using var browser = site.SignedIn();
        await browser.OpenAsync("/d/k7m3px/setup/allow");
        Assert.Equal("/d/k7m3px/setup/found", browser.Here);
    }

    private static async Task<FakeDevice> NamedAsync(TestSite site)
    {
        var device = site.Box.PlugPlc();
        using var browser = site.SignedIn();
        await browser.OpenAsync("/d/k7m3px/setup/name");
        await browser.PressAsync("[data-test=next]", ("name", "plc-7"));
        return device;
    }
}
