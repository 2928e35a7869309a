using System.Diagnostics;
using Microsoft.Playwright;

namespace Gateway.Browser.Tests.Pages;

/// <summary>The page of one device.</summary>
public sealed class DevicePage(BrowserSession session)
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(250);

    public Task OpenAsync(string device) => session.GoAsync($"/d/{device}");

    /// <summary>Word for its state, in the language of the page.</summary>
    public Task<string> StateAsync() => session.Page.Locator("#device-state [data-t=word]").InnerTextAsync();

    /// <summary>Word for its connection to the fabric; empty while it has no identity.</summary>
    public async Task<string> ConnectorAsync()
    {
        var word = session.Page.Locator("#connector [data-t=word]");
        return await word.CountAsync() == 0 ? "" : await word.InnerTextAsync();
    }

    public Task<string> SpiffeIdAsync() => session.Find("spiffe-id").InnerTextAsync();

    /// <summary>Names of its grants.</summary>
    public async Task<IReadOnlyList<string>> GrantsAsync() =>
        await session.Find("grant").EvaluateAllAsync<string[]>("rows => rows.map(row => row.dataset.grant)");

    public ILocator Grant(string name) => session.Page.Locator($"[data-test=grant][data-grant=\"{name}\"]");

    public Task RemoveGrantAsync(string name) => session.PressAsync(Grant(name).Locator("[data-test=remove-grant]"));

    /// <summary>What was refused lately, newest first.</summary>
    public async Task<IReadOnlyList<string>> RefusedAsync() => await session.Find("refused").Locator("li").AllInnerTextsAsync();

    public ILocator Changed => session.Find("changed");

    public Task SetUpAsync() => session.PressAsync("set-up");

    public Task CutOffAsync() => session.PressAsync("cut-off");

    public Task RestoreAsync() => session.PressAsync("restore");

    /// <summary>After a change: what was allowed there is back.</summary>
    public Task OldIsBackAsync() => session.PressAsync("old-back");

    /// <summary>After a change: what is there now takes over, with the addresses that the gateway saw.</summary>
    public async Task ReplacedAsync()
    {
        await session.PressAsync("replaced");
        await session.PressAsync("replace");
    }

    /// <summary>Asks the device by Modbus what it is.</summary>
    public async Task IdentifyAsync()
    {
        await session.Page.Locator("details", new() { Has = session.Find("identify") }).Locator("summary").ClickAsync();
        await session.PressAsync("identify");
    }

    public async Task RetireAsync()
    {
        await session.Page.Locator("details", new() { Has = session.Find("retire") }).Locator("summary").ClickAsync();
        await session.PressAsync("retire");
    }

    /// <summary>Loads the page again until it shows what is wanted: some changes give it another form.</summary>
    public async Task WaitAsync(Func<DevicePage, Task<bool>> shows, TimeSpan within)
    {
        var limit = Stopwatch.StartNew();
        while (!await shows(this))
        {
            Assert.True(limit.Elapsed < within, $"not within {within.TotalSeconds} s on {session.Here}; it shows: {await session.Page.InnerTextAsync("main")}");
            await Task.Delay(Between, TestContext.Current.CancellationToken);
            await session.Page.ReloadAsync();
        }
    }
}
