namespace Gateway.Browser.Tests.Pages;

/// <summary>The first page of a box that nobody has claimed.</summary>
public sealed class ClaimPage(BrowserSession session)
{
    public Task OpenAsync() => session.GoAsync("/");

    /// <summary>Sends the form; when it is taken, the Box page follows.</summary>
    public async Task ClaimAsync(string code, string name, string password)
    {
        await session.FillAsync("code", code);
        await session.FillAsync("name", name);
        await session.FillAsync("password", password);
        await session.PressAsync("claim");
    }
}
