namespace Gateway.Browser.Tests.Pages;

public sealed class SignInPage(BrowserSession session)
{
    public Task OpenAsync() => session.GoAsync("/sign-in");

    /// <summary>Sends the form; when it is taken, the page that was wanted follows.</summary>
    public async Task SignInAsync(string name, string password)
    {
        await session.FillAsync("name", name);
        await session.FillAsync("password", password);
        await session.PressAsync("sign-in");
    }
}
