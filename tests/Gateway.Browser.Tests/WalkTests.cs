using Gateway.Browser.Tests.Pages;
using Gateway.Plant;
using Gateway.SystemTests;

namespace Gateway.Browser.Tests;

/// <summary>The main job as plant staff does it, in a browser, with a real plant behind the pages: claim the box, see a device come up,
/// name it, allow, see what it did, take it back, notice a foreign device.</summary>
[Trait("Category", "Slow")]
public sealed class WalkTests(Chromium chromium, RunningPlant plant) : IClassFixture<RunningPlant>
{
    private const string Password = "a long enough password";
    private BrowserSession _session = null!;

    [Fact]
    public async Task From_a_claim_code_to_a_protected_device_and_back()
    {
        plant.Start(plugIn: false);
        await using var session = _session = await chromium.OpenAsync(new Uri(plant.Box.WebAddress), new Look());
        await A_wrong_code_is_refused_and_the_right_one_claims_the_box();
        var device = await A_device_that_is_plugged_in_shows_within_five_seconds();
        await A_person_names_it_and_allows_what_is_suggested(device);
        await Its_page_shows_identity_grants_and_what_was_refused(device);
        await A_removed_grant_is_gone_from_the_wire(device);
        await A_foreign_device_on_the_socket_is_shown(device);
        await The_log_tells_all_of_it_in_both_languages();
        await session.AssertCleanAsync();
    }

    private async Task A_wrong_code_is_refused_and_the_right_one_claims_the_box()
    {
        var claim = new ClaimPage(_session);
        await claim.OpenAsync();
        _session.Expect("POST /claim");
        await claim.ClaimAsync("AAAA-BBBB-CCCC", "keller", Password);
        await _session.AssertAccessibleAsync();
        await _session.ScreenshotAsync("walk-1-claim");
        await claim.ClaimAsync(plant.Box.ClaimCode, "keller", Password);
        await _session.Page.Locator("#socket-1").WaitForAsync();
    }

    private async Task<string> A_device_that_is_plugged_in_shows_within_five_seconds()
    {
        foreach (var each in PlantLayout.Devices)
            plant.Plant.SwitchOn(each);
        var box = new BoxPage(_session);
        await box.OpenAsync();
        plant.Plant.Plug(PlantLayout.Plc7, 1);
        var device = await box.WaitForDeviceAsync(1, TimeSpan.FromSeconds(5));
        Assert.Equal("New", await box.StateOnAsync(1));
        plant.Plant.Plug(PlantLayout.Camera, 3);
        plant.Plant.Plug(PlantLayout.BadgeReader, 4);
        await box.WaitForDeviceAsync(3, TimeSpan.FromSeconds(5));
        await _session.AssertAccessibleAsync();
        await _session.ScreenshotAsync("walk-2-box");
        return device;
    }

    private async Task A_person_names_it_and_allows_what_is_suggested(string device)
    {
        await new BoxPage(_session).PressSocketAsync(1);
        var setup = new SetupPages(_session);
        Assert.Contains("Siemens", await setup.GuessAsync(), StringComparison.Ordinal);
        await _session.AssertAccessibleAsync();
        await _session.ScreenshotAsync("walk-3-found");
        await setup.ConfirmAsync("plc");
        await setup.NameAsync("plc-7", labels: "line=filler-2", place: "Hall 3");
        await Until.TrueAsync(async () =>
        {
            await _session.Page.ReloadAsync();
            return (await setup.ProposalsAsync()).Contains("plc-7-to-historian");
        }, "what it tried is proposed", 20);
        await _session.AssertAccessibleAsync();
        await _session.ScreenshotAsync("walk-4-allow");
        await setup.DecideAllAsync(id => id is "scada-read-plc-7" or "plc-7-to-historian");
        await setup.ApproveAsync();
        Assert.Contains(device, _session.Here, StringComparison.Ordinal);
    }

    private async Task Its_page_shows_identity_grants_and_what_was_refused(string device)
    {
        var page = new DevicePage(_session);
        var id = $"spiffe://{PlantLayout.Site}/ot/{PlantFabric.GatewayName}/plc-7";
        await page.WaitAsync(async shown => await shown.ConnectorAsync() == "Connected" && await shown.SpiffeIdAsync() == id, TimeSpan.FromSeconds(30));
        Assert.Equal(["plc-7-to-historian", "scada-read-plc-7"], (await page.GrantsAsync()).Order());
        await Until.TrueAsync(() => Mbpoll.Read(plant, PlantLayout.Scada).ExitCode == 0, "scada reads", 20);
        Assert.NotEqual(0, Mbpoll.Write(plant, PlantLayout.Scada, register: 11, value: 99).ExitCode);
        await page.WaitAsync(async shown => (await shown.RefusedAsync()).Any(line => line.Contains("scada-1", StringComparison.Ordinal)), TimeSpan.FromSeconds(15));
        await _session.AssertAccessibleAsync();
        await _session.ScreenshotAsync("walk-5-device");
        Assert.Equal("Protected", await page.StateAsync());
        await page.OpenAsync(device);
    }

    private async Task A_removed_grant_is_gone_from_the_wire(string device)
    {
        var page = new DevicePage(_session);
        await page.OpenAsync(device);
        await page.RemoveGrantAsync("scada-read-plc-7");
        Assert.DoesNotContain("scada-read-plc-7", await page.GrantsAsync());
        Assert.NotEqual(0, Mbpoll.Read(plant, PlantLayout.Scada).ExitCode);
    }

    private async Task A_foreign_device_on_the_socket_is_shown(string device)
    {
        var box = new BoxPage(_session);
        await box.OpenAsync();
        plant.Plant.Unplug(1);
        plant.Plant.Plug(PlantLayout.Laptop, 1);
        await box.WaitForStateAsync(1, "Changed", TimeSpan.FromSeconds(10));
        await _session.ScreenshotAsync("walk-6-changed-box");
        var page = new DevicePage(_session);
        await page.OpenAsync(device);
        await page.Changed.WaitForAsync();
        await _session.AssertAccessibleAsync();
        await _session.ScreenshotAsync("walk-7-changed");
    }

    private async Task The_log_tells_all_of_it_in_both_languages()
    {
        var log = new LogPage(_session);
        await log.OpenAsync();
        foreach (var kind in new[] { "device-approved", "identity-issued", "operation-refused", "grant-removed", "device-changed" })
        {
            await log.OpenAsync($"kind={kind}");
            Assert.True(await log.LinesOf(kind).CountAsync() > 0, kind);
        }
        await log.OpenAsync();
        await _session.AssertAccessibleAsync();
        await _session.ScreenshotAsync("walk-8-log");
        await _session.PressAsync(_session.Page.Locator("button[value=de]"));
        await _session.Page.ShowAsync(Colours.Dark);
        await _session.AssertAccessibleAsync();
        await _session.ScreenshotAsync("walk-9-log-de-dark");
    }
}
