using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Gateway.Browser.Tests.Chromium))]

namespace Gateway.Browser.Tests;

/// <summary>Debian's Chromium, started once for all tests of this project, with the first test that needs it.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private const string Path = "/usr/bin/chromium";

    // --no-sandbox: as root Chromium refuses to start with one. /dev/shm is small in containers.
    private static readonly string[] Flags =
        ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--force-color-profile=srgb", "--font-render-hinting=none"];

    private readonly SemaphoreSlim _gate = new(1, 1);
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>The browser; skips the test by name where there is none.</summary>
    public async Task<IBrowser> StartAsync()
    {
        Need.Path(Path, "chromium");
        await _gate.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            _playwright ??= await Playwright.CreateAsync();
            return _browser ??= await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Path, Args = Flags, Timeout = 60_000 });
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>A person before a browser of their own, with no cookie yet.</summary>
    /// <param name="address">Address of the pages, such as <c>https://127.0.0.1:8443</c>.</param>
    /// <param name="look">Size of the screen, language and so on.</param>
    public async Task<BrowserSession> OpenAsync(Uri address, Look? look = null) =>
        await BrowserSession.OpenAsync(await StartAsync(), address, look ?? new Look());

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.CloseAsync();
        _playwright?.Dispose();
        _gate.Dispose();
    }
}
