using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Gateway.Browser.Tests;

/// <summary>A browser of one person: its own cookies, one open page. It collects whatever goes wrong in the page: violations of the
/// content security policy, errors on the console, faults in scripts, files that did not come. <see cref="AssertCleanAsync"/> wants none.</summary>
public sealed class BrowserSession : IAsyncDisposable
{
    // Chromium names a violation on the console, too; the event also tells of those that it does not print.
    private const string Watch = "addEventListener('securitypolicyviolation',"
        + " e => console.error('CSP: ' + e.violatedDirective + ' ' + e.blockedURI + ' ' + e.sourceFile + ':' + e.lineNumber));";

    // Generous: the machine may be busy with other tests.
    private const float TimeoutMs = 30_000;

    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _problems = new();
    private readonly ConcurrentBag<string> _expected = [];

    private BrowserSession(IBrowserContext context, IPage page, Uri address, Look look)
    {
        (_context, Page, Address, Look) = (context, page, address, look);
        page.Console += (_, message) => Note(message);
        page.PageError += (_, error) => _problems.Enqueue($"script: {error}");
        page.RequestFailed += (_, request) => Note(request);
        page.Response += (_, response) => Note(response);
    }

    public IPage Page { get; }

    public Uri Address { get; }

    public Look Look { get; }

    /// <summary>Path and query of the open page.</summary>
    public string Here => new Uri(Page.Url).PathAndQuery;

    /// <summary>Everything that went wrong so far, expected or not.</summary>
    public IReadOnlyCollection<string> Problems => _problems;

    internal static async Task<BrowserSession> OpenAsync(IBrowser browser, Uri address, Look look)
    {
        var context = await browser.NewContextAsync(new()
        {
            BaseURL = address.ToString(),
            IgnoreHTTPSErrors = true,
            JavaScriptEnabled = look.Script,
            Locale = look.Language,
            ViewportSize = new() { Width = look.Screen.Width, Height = look.Screen.Height },
        });
        context.SetDefaultTimeout(TimeoutMs);
        if (look.Script)
            await context.AddInitScriptAsync(Watch);
        var page = await context.NewPageAsync();
        await page.ShowAsync(look.Colours);
        return new BrowserSession(context, page, address, look);
    }

    /// <summary>Opens a page by its path.</summary>
    /// <returns>Status of the answer.</returns>
    public async Task<int> GoAsync(string path) =>
        (await Page.GotoAsync(new Uri(Address, path).ToString()))?.Status ?? throw new InvalidOperationException($"no answer for {path}");

    /// <summary>An element by its <c>data-test</c>.</summary>
    public ILocator Find(string test) => Page.Locator($"[data-test=\"{test}\"]");

    /// <summary>Presses a button or link by its <c>data-test</c> and waits for the page that follows.</summary>
    public async Task PressAsync(string test) => await PressAsync(Find(test));

    public Task PressAsync(ILocator button) => FollowAsync(() => button.ClickAsync());

    /// <summary>Does what leads to another page and waits until that is there, redirects included.</summary>
    public async Task FollowAsync(Func<Task> act)
    {
        var loaded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Loaded(object? sender, IPage page) => loaded.TrySetResult();
        Page.Load += Loaded;
        try
        {
            await act();
            await loaded.Task.WaitAsync(TimeSpan.FromMilliseconds(TimeoutMs), TestContext.Current.CancellationToken);
        }
        finally
        {
            Page.Load -= Loaded;
        }
    }

    public Task FillAsync(string field, string value) => Page.Locator($"#{field}").FillAsync(value);

    /// <summary>Puts in the cookie of a session, as if somebody had signed in.</summary>
    public Task SetCookieAsync(string name, string value) =>
        _context.AddCookiesAsync([new() { Name = name, Value = value, Url = Address.ToString(), Secure = true }]);

    /// <summary>From now on problems that hold the text are expected.</summary>
    public void Expect(string part) => _expected.Add(part);

    /// <summary>Nothing went wrong but what was expected.</summary>
    public async Task AssertCleanAsync()
    {
        // Events of the page come in order: after this answer all of before have come.
        if (Look.Script)
            await Page.EvaluateAsync("0");
        var unexpected = _problems.Where(problem => !_expected.Any(part => problem.Contains(part, StringComparison.Ordinal))).ToList();
        Assert.True(unexpected.Count == 0, $"on {Here}:\n{string.Join('\n', unexpected)}");
    }

    /// <summary>No violation that axe-core knows, on the page as it is shown now.</summary>
    /// <param name="rules">Rules to run; none: all of them.</param>
    public Task AssertAccessibleAsync(params string[] rules) => Axe.AssertAsync(Page, rules);

    /// <summary>The whole page as <c>artifacts/screenshots/NAME.png</c>, to be looked at.</summary>
    public Task ScreenshotAsync(string name) => Page.ScreenshotAsync(new()
    {
        Path = System.IO.Path.Combine(Need.ProjectRoot(), "artifacts", "screenshots", $"{name}.png"),
        FullPage = true,
        Animations = ScreenshotAnimations.Disabled,
    });

    public async ValueTask DisposeAsync() => await _context.CloseAsync();

    private void Note(IConsoleMessage message)
    {
        // That a file or page did not come is told by its response, with its address and status.
        if (message.Type is "error" or "warning" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal))
            _problems.Enqueue($"console: {message.Text}");
    }

    private void Note(IRequest request)
    {
        // Whoever leaves a page ends its event stream.
        if (request.Failure is not "net::ERR_ABORTED")
            _problems.Enqueue($"request: {new Uri(request.Url).PathAndQuery} {request.Failure}");
    }

    private void Note(IResponse response)
    {
        if (response.Status >= 400)
            _problems.Enqueue($"response: {response.Status} {response.Request.Method} {new Uri(response.Url).PathAndQuery}");
    }
}
