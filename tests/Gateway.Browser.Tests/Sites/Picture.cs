using Gateway.Browser.Tests.Pages;

namespace Gateway.Browser.Tests.Sites;

/// <summary>A page in a state in which people see it.</summary>
/// <param name="Scene">Where.</param>
/// <param name="Path">Path of the page.</param>
/// <param name="Then">What a person does there first.</param>
internal sealed record Picture(string Scene, string Path, Func<BrowserSession, Task>? Then = null)
{
    /// <summary>Status with which the page comes, when it is no good news.</summary>
    public int Status { get; init; } = 200;

    /// <summary>All of them, by name.</summary>
    public static readonly IReadOnlyDictionary<string, Picture> All = new Dictionary<string, Picture>
    {
        ["claim"] = new("unclaimed", "/claim"),
        ["claim-refused"] = new("unclaimed", "/claim", session => new ClaimPage(session).ClaimAsync("WRONG", "keller", "short")) { Status = 422 },
        ["claim-unfilled"] = new("unclaimed", "/claim", session => session.PressAsync("claim")) { Status = 422 },
        ["sign-in"] = new("empty", "/sign-in"),
        ["sign-in-refused"] = new("empty", "/sign-in", session => new SignInPage(session).SignInAsync("nobody", "wrong")) { Status = 422 },
        ["box-empty"] = new("empty", "/"),
        ["devices-empty"] = new("empty", "/devices"),
        ["log-empty"] = new("empty", "/log?kind=device-found"),
        ["box"] = new("hall", "/"),
        ["box-trouble"] = new("trouble", "/"),
        ["devices"] = new("hall", "/devices?retired=true"),
        ["setup-1-found"] = new("hall", $"/d/{PlantStory.New}/setup/found"),
        ["setup-2-name"] = new("hall", $"/d/{PlantStory.New}/setup/name?kind=plc"),
        ["setup-2-name-refused"] = new("hall", $"/d/{PlantStory.New}/setup/name?kind=plc", session => new SetupPages(session).NameAsync("plc-filler-2", "line")) { Status = 422 },
        ["setup-3-allow"] = new("hall", $"/d/{PlantStory.Named}/setup/allow"),
        ["setup-3-allow-suggested"] = new("hall", $"/d/{PlantStory.Named}/setup/allow?choose=suggested"),
        ["setup-3-allow-refused"] = new("hall", $"/d/{PlantStory.Named}/setup/allow", session => new SetupPages(session).ApproveAsync("")) { Status = 422 },
        ["device"] = new("hall", $"/d/{PlantStory.Protected}"),
        ["device-notice"] = new("hall", $"/d/{PlantStory.Protected}?notice=conflict", OpenDetailsAsync),
        ["device-changed"] = new("hall", $"/d/{PlantStory.Changed}"),
        ["device-cut-off"] = new("hall", $"/d/{PlantStory.CutOff}"),
        ["device-new"] = new("hall", $"/d/{PlantStory.New}"),
        ["device-retired"] = new("hall", $"/d/{PlantStory.Retired}"),
        ["replace"] = new("hall", $"/d/{PlantStory.Changed}/replace"),
        ["allow-more"] = new("hall", $"/d/{PlantStory.Protected}/allow"),
        ["log"] = new("hall", "/log"),
        ["log-filtered"] = new("hall", $"/log?device={PlantStory.Protected}&severity=notice"),
        ["error-missing"] = new("hall", "/no-such-page") { Status = 404 },
        ["error-form"] = new("hall", "/log", LoseTokenAsync) { Status = 400 },
        ["error-away"] = new("away", "/") { Status = 503 },
    };

    public static IEnumerable<string> Names => All.Keys;

    /// <summary>Opens it.</summary>
    public async Task ShowAsync(BrowserSession session)
    {
        if (Status != 200)
            session.Expect($"response: {Status} ");
        await session.GoAsync(Path);
        if (Then is not null)
            await Then(session);
    }

    private static async Task OpenDetailsAsync(BrowserSession session)
    {
        foreach (var summary in await session.Page.Locator("summary").AllAsync())
            await summary.ClickAsync();
    }

    // As after a restore of the box from a backup: the form is on the screen, its key is gone.
    private static async Task LoseTokenAsync(BrowserSession session)
    {
        await session.Page.EvaluateAsync("document.querySelectorAll('input[name=__RequestVerificationToken]').forEach(e => e.value = 'old')");
        await session.PressAsync(session.Page.Locator("form[action=\"/sign-out\"] button"));
    }
}
