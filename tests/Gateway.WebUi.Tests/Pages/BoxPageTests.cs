using Gateway.WebUi.Tests.Fakes;

namespace Gateway.WebUi.Tests.Pages;

public class BoxPageTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(24)]
    public async Task Every_socket_of_the_box_is_drawn_in_the_printed_order(int sockets)
    {
        await using var site = await TestSite.StartAsync();
        site.Box.Sockets = sockets;
        using var browser = site.SignedIn();
        await browser.OpenAsync("/");
        var numbers = browser.Page.QuerySelectorAll("[data-test=socket] .number").Select(Browser.Flat);
        Assert.Equal(Enumerable.Range(1, sockets).Select(n => $"Socket {n}"), numbers);
        Assert.Equal(sockets, browser.Page.QuerySelectorAll("[data-test=socket] svg").Length);
    }

    [Fact]
    public async Task The_vlans_of_a_trunk_are_told_apart_in_its_socket()
    {
        await using var site = await TestSite.StartAsync();
        site.Box.Sockets = 2;
        site.Box.Trunk = [20, 30];
        using var browser = site.SignedIn();
        await browser.OpenAsync("/");
        Assert.Equal(
            ["Socket 1 · VLAN 20", "Socket 1 · VLAN 30", "Socket 2"], browser.Page.QuerySelectorAll("[data-test=socket] .number").Select(Browser.Flat));
        Assert.NotNull(browser.Page.QuerySelector("#socket-1-30"));
    }

    [Fact]
    public async Task A_new_device_calls_from_its_socket_and_on_a_card()
    {
        await using var site = await TestSite.StartAsync();
        site.Box.PlugPlc(5);
        using var browser = site.SignedIn();
        await browser.OpenAsync("/");
        Assert.Equal("Socket 5 New device New", browser.Text("#socket-5"));
        Assert.Equal("/d/k7m3px/setup/found", browser.Page.QuerySelector("#socket-5 a")!.GetAttribute("href"));
        Assert.Contains("#new", browser.Page.QuerySelector("#socket-5 use")!.GetAttribute("href")!, StringComparison.Ordinal);
        Assert.Equal("New on socket 5", browser.Text("#need-1 h2"));
        Assert.StartsWith("Looks like a PLC.", browser.Text("#need-1 p"), StringComparison.Ordinal);
        Assert.Equal("/d/k7m3px/setup/found", browser.Page.QuerySelector("#need-1 a")!.GetAttribute("href"));
        Assert.Contains("1 thing needs you.", browser.Text("#answer"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_socket_is_no_link()
    {
        await using var site = await TestSite.StartAsync();
        using var browser = site.SignedIn("de");
        await browser.OpenAsync("/");
        Assert.Equal("Buchse 1 Frei", browser.Text("#socket-1"));
        Assert.Null(browser.Page.QuerySelector("#socket-1 a")!.GetAttribute("href"));
    }

    [Fact]
    public async Task The_states_of_the_devices_are_told_by_shape_and_word()
    {
        await using var site = await TestSite.StartAsync();
        site.Box.ProtectPlc(1, "aaaaaa", "plc-1");
        site.Box.Break(site.Box.ProtectPlc(2, "bbbbbb", "plc-2"));
        site.Box.ProtectPlc(3, "cccccc", "plc-3").Online = false;
        site.Box.Apply(site.Box.ProtectPlc(4, "dddddd", "plc-4"), new Core.Devices.CutOffDevice(site.Box.Now, "keller"));
        using var browser = site.SignedIn();
        await browser.OpenAsync("/");
        foreach (var (socket, word, shape) in new[] { (1, "Protected", "protected"), (2, "Changed", "changed"), (3, "Offline", "offline"), (4, "Cut off", "refused") })
        {
            Assert.Equal(word, browser.Text($"#socket-{socket} .word"));
            Assert.EndsWith($"#{shape}", browser.Page.QuerySelector($"#socket-{socket} use")!.GetAttribute("href")!, StringComparison.Ordinal);
        }
        Assert.Equal("Protected: 2 of 4", browser.Text("#head-state"));
    }

    [Fact]
    public async Task More_than_three_needs_are_counted_and_lead_to_the_devices()
    {
        await using var site = await TestSite.StartAsync();
        for (var socket = 1; socket <= 5; socket++)
            site.Box.PlugPlc(socket, $"aaaaa{socket}", $"28:63:36:aa:10:0{socket}");
        using var browser = site.SignedIn();
        await browser.OpenAsync("/");
        Assert.Equal(3, browser.Page.QuerySelectorAll("[data-test=need]:not(.none)").Length);
        Assert.Equal("and 2 more", browser.Text("#need-more"));
        Assert.Contains("5 things need you.", browser.Text("#answer"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("absent", "ok", "No: the packet path is not running. Nothing passes.")]
    [InlineData("running", "full", "No: the journal cannot save. Changes are not possible.")]
    public async Task What_does_not_run_is_said_first(string dataplane, string journal, string answer)
    {
        await using var site = await TestSite.StartAsync();
        (site.Box.Dataplane, site.Box.Journal) = (dataplane, journal);
        using var browser = site.SignedIn();
        await browser.OpenAsync("/");
        Assert.StartsWith(answer, browser.Text("#answer"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_devices_are_listed_by_socket_with_their_state()
    {
        await using var site = await TestSite.StartAsync();
        site.Box.ProtectPlc(6, "bbbbbb", "plc-9");
        site.Box.PlugPlc(2);
        var retired = site.Box.ProtectPlc(1, "cccccc", "plc-old");
        site.Box.Apply(retired, new Core.Devices.RetireDevice(site.Box.Now, "keller"));
        using var browser = site.SignedIn();
        await browser.OpenAsync("/devices");
        Assert.Equal(["New device", "plc-9"], browser.Page.QuerySelectorAll("#devices td a").Select(Browser.Flat));
        Assert.Equal("2 devices", browser.Text("main > .muted"));
        await browser.OpenAsync("/devices?retired=true");
        Assert.Contains("plc-old", browser.Text("#devices"), StringComparison.Ordinal);
    }
}
