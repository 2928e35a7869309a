using Gateway.Browser.Tests.Sites;

namespace Gateway.Browser.Tests;

/// <summary>Every page, in every state that people see, on every screen, in all colours: readable, usable, nothing cut off, nothing
/// refused by the content security policy. One class per language, so that two run at once.</summary>
[Trait("Category", "Slow")]
public abstract class PictureTests(Chromium chromium, Scenes scenes, string language)
{
    // What colours can break; the rest is the same in all of them.
    private static readonly string[] ColourRules = ["color-contrast", "link-in-text-block"];

    // Pictures of all screens and colours take a third of the time; people ask for them when they want to look.
    private static readonly bool AllPictures = Environment.GetEnvironmentVariable("GATEWAY_SCREENSHOTS") == "all";

    public static TheoryData<string> Pictures => [.. Picture.Names];

    [Theory]
    [MemberData(nameof(Pictures))]
    public async Task Is_accessible_and_well_laid_out_on_every_screen(string name)
    {
        var picture = Picture.All[name];
        var site = await scenes.FindAsync(picture.Scene);
        var look = new Look { Language = language };
        await using var session = picture.Scene is "unclaimed" or "away" || name.StartsWith("sign-in", StringComparison.Ordinal)
            ? await chromium.OpenAsync(site.Address, look)
            : await site.SignedInAsync(chromium, look);
        await picture.ShowAsync(session);
        Assert.Equal(language, await session.Page.Locator("html").GetAttributeAsync("lang"));
        var wrong = new List<string>();
        foreach (var screen in Screen.All)
        {
            await session.Page.SetViewportSizeAsync(screen.Width, screen.Height);
            if (AllPictures || screen == Screen.Desktop)
                await session.ScreenshotAsync($"{name}-{language}-light-{screen.Name}");
            await CollectAsync(wrong, Layout.AssertAsync(session.Page));
            // The other two have the same elements as one of these.
            if (screen == Screen.Desktop || screen == Screen.Phone)
                await CollectAsync(wrong, session.AssertAccessibleAsync());
        }
        await session.Page.SetViewportSizeAsync(Screen.Desktop.Width, Screen.Desktop.Height);
        foreach (var colours in new[] { Colours.Dark, Colours.Contrast })
        {
            await session.Page.ShowAsync(colours);
            if (AllPictures)
                await session.ScreenshotAsync($"{name}-{language}-{colours.ToString().ToLowerInvariant()}-desktop");
            await CollectAsync(wrong, session.AssertAccessibleAsync(ColourRules));
        }
        await CollectAsync(wrong, session.AssertCleanAsync());
        Assert.True(wrong.Count == 0, string.Join("\n\n", wrong));
    }

    // All that is wrong at once, not only the first.
    private static async Task CollectAsync(List<string> wrong, Task check)
    {
        try
        {
            await check;
        }
        catch (Xunit.Sdk.XunitException e)
        {
            wrong.Add(e.Message);
        }
    }
}

public sealed class EnglishPictureTests(Chromium chromium, Scenes scenes) : PictureTests(chromium, scenes, "en");

public sealed class GermanPictureTests(Chromium chromium, Scenes scenes) : PictureTests(chromium, scenes, "de");
