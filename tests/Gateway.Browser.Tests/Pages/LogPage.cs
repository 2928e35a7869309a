using Microsoft.Playwright;

namespace Gateway.Browser.Tests.Pages;

public sealed class LogPage(BrowserSession session)
{
    /// <param name="filter">Such as <c>kind=operation-refused&amp;device=k7m3px</c>.</param>
    public Task OpenAsync(string filter = "") => session.GoAsync(filter.Length > 0 ? $"/log?{filter}" : "/log");

    public ILocator Lines => session.Find("line");

    /// <summary>Lines of one kind of event, such as <c>operation-refused</c>.</summary>
    public ILocator LinesOf(string kind) => session.Page.Locator($"[data-test=line]:has(a[data-h=kind][href*=\"kind={kind}\"])");

    /// <summary>Presses a value of a line to see only such lines: <c>kind</c>, <c>device</c>, <c>actor</c>, <c>severity</c>.</summary>
    public Task FilterByAsync(ILocator line, string value) => session.PressAsync(line.Locator($"a[data-h={value}]"));
}
