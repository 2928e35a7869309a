using System.Text.Json;
using Microsoft.Playwright;

namespace Gateway.Browser.Tests;

/// <summary>axe-core on a page. It is put in past the content security policy, which would refuse a script element.</summary>
internal static class Axe
{
    private static readonly string Source = Resource.Text("axe.min.js");

    private const string Run = """
        async rules => {
            const options = rules.length ? { runOnly: { type: 'rule', values: rules } } : {};
            const result = await axe.run(document, { ...options, resultTypes: ['violations'] });
            return result.violations.map(v => `${v.id}: ${v.help}\n` + v.nodes.map(n => `  ${n.html}\n    ${n.failureSummary.replaceAll('\n', ' ')}`).join('\n'));
        }
        """;

    public static async Task AssertAsync(IPage page, string[] rules)
    {
        if (!await page.EvaluateAsync<bool>("() => 'axe' in window"))
            await page.EvaluateAsync(Source);
        var found = await page.EvaluateAsync<JsonElement>(Run, rules);
        Assert.True(found.GetArrayLength() == 0, $"axe-core on {page.Url}:\n{string.Join('\n', found.EnumerateArray())}");
    }
}

internal static class Resource
{
    public static string Text(string name)
    {
        using var stream = typeof(Resource).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
