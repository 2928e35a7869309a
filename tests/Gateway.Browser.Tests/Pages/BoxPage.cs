using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Gateway.Browser.Tests.Pages;

/// <summary>The drawing of the box, and the cards of what needs a person.</summary>
public sealed partial class BoxPage(BrowserSession session)
{
    public Task OpenAsync() => session.GoAsync("/");

    public ILocator Socket(int number) => session.Page.Locator($"#socket-{number}");

    /// <summary>Name of what is on the socket, as shown.</summary>
    public async Task<string> NameOnAsync(int socket) => (await Socket(socket).Locator("[data-t=name]").InnerTextAsync()).Trim();

    /// <summary>Word for its state, in the language of the page.</summary>
    public async Task<string> StateOnAsync(int socket) => (await Socket(socket).Locator("[data-t=state]").InnerTextAsync()).Trim();

    /// <summary>Waits until a device stands on the socket, without loading the page again.</summary>
    /// <returns>Its code.</returns>
    public async Task<string> WaitForDeviceAsync(int socket, TimeSpan within)
    {
        var link = Socket(socket).Locator("a[href^=\"/d/\"]");
        await link.WaitForAsync(new() { Timeout = (float)within.TotalMilliseconds });
        return DeviceCode().Match((await link.GetAttributeAsync("href"))!).Groups[1].Value;
    }

    /// <summary>Waits until the socket shows the word, without loading the page again.</summary>
    public Task WaitForStateAsync(int socket, string word, TimeSpan within) => Socket(socket)
        .Locator("[data-t=state]", new() { HasTextString = word }).WaitForAsync(new() { Timeout = (float)within.TotalMilliseconds });

    /// <summary>Presses the socket: the page of its device, or the step of the set-up where it stands.</summary>
    public Task PressSocketAsync(int socket) => session.PressAsync(Socket(socket).Locator("a"));

    [GeneratedRegex("^/d/([^/]+)")]
    private static partial Regex DeviceCode();
}
