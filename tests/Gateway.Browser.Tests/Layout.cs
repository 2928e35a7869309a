using System.Text.Json;
using Microsoft.Playwright;

namespace Gateway.Browser.Tests;

/// <summary>What a person would see at once and axe-core does not: a page that scrolls sideways, text that is cut off, lies on other text
/// or leaves its box, and targets too small for a glove.</summary>
internal static class Layout
{
    private static readonly string Source = Resource.Text("layout.js");

    public static async Task AssertAsync(IPage page)
    {
        var found = await page.EvaluateAsync<JsonElement>(Source);
        var size = page.ViewportSize!;
        Assert.True(found.GetArrayLength() == 0, $"{page.Url} at {size.Width} x {size.Height}:\n{string.Join('\n', found.EnumerateArray())}");
    }
}
