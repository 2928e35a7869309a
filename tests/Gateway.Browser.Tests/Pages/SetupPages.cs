using Microsoft.Playwright;

namespace Gateway.Browser.Tests.Pages;

/// <summary>The three steps from an unknown device to a protected one: found, name, allow.</summary>
public sealed class SetupPages(BrowserSession session)
{
    public Task OpenAsync(string device) => session.GoAsync($"/d/{device}/setup/found");

    /// <summary>What the gateway takes it for, with the reasons.</summary>
    public Task<string> GuessAsync() => session.Find("guess").InnerTextAsync();

    /// <summary>What was seen of it, such as <c>vendor</c>, <c>mac</c>.</summary>
    public Task<string> FactAsync(string attribute) => session.Page.Locator($"#fact-{attribute} dd").InnerTextAsync();

    /// <summary>Step 1: it is of this kind (<c>plc</c>, <c>camera</c>, ...); null takes the guess.</summary>
    public async Task ConfirmAsync(string? kind = null)
    {
        if (kind is not null)
            await session.Page.Locator($"input[name=kind][value=\"{kind}\"]").CheckAsync();
        await session.PressAsync("next");
    }

    /// <summary>Step 2. Labels are lines of <c>key=value</c>.</summary>
    public async Task NameAsync(string name, string labels = "", string place = "", string equipmentNumber = "", string keeper = "")
    {
        await session.FillAsync("name", name);
        await session.FillAsync("labels", labels);
        await session.FillAsync("place", place);
        await session.FillAsync("equipmentNumber", equipmentNumber);
        await session.FillAsync("keeper", keeper);
        await session.PressAsync("next");
    }

    /// <summary>Step 3: ids of what may be allowed.</summary>
    public async Task<IReadOnlyList<string>> ProposalsAsync() =>
        await session.Find("proposal").EvaluateAllAsync<string[]>("rows => rows.map(row => row.dataset.id)");

    public ILocator Proposal(string id) => session.Page.Locator($"[data-test=proposal][data-id=\"{id}\"]");

    public Task DecideAsync(string proposal, bool allow) =>
        Proposal(proposal).Locator($"input[value={(allow ? "allow" : "refuse")}]").CheckAsync();

    /// <summary>Allows these, refuses all others.</summary>
    public async Task DecideAllAsync(Func<string, bool> allow)
    {
        foreach (var id in await ProposalsAsync())
            await DecideAsync(id, allow(id));
    }

    public Task TakeSuggestionsAsync() => session.PressAsync("as-suggested");

    /// <summary>Sends step 3; when it is taken, the page of the device follows.</summary>
    /// <param name="address">Its address with length; null keeps what the gateway suggests.</param>
    public async Task ApproveAsync(string? address = null)
    {
        if (address is not null)
            await session.FillAsync("address", address);
        await session.PressAsync("approve");
    }
}
