using System.IO.Compression;
using System.Net;
using Gateway.WebUi.Assets;
using Gateway.WebUi.Tests.Fakes;

namespace Gateway.WebUi.Tests.Assets;

public class AssetTests
{
    private static readonly AssetCatalog Catalog = new();

    /// <summary>Bounds of the design for the first load of any page, on the wire.</summary>
    private const int FirstLoadBytes = 60 * 1024;

    private const int FirstLoadWithoutFontsBytes = 35 * 1024;

    private const int OwnScriptBytes = 20 * 1024;

    private const int LiveScriptBytes = 4 * 1024;

    [Fact]
    public async Task Every_text_file_is_sent_in_the_smallest_form_that_the_browser_takes()
    {
        await using var site = await TestSite.StartAsync();
        using var browser = site.NewBrowser();
        foreach (var name in Catalog.Names.Where(name => !name.EndsWith(".woff2", StringComparison.Ordinal)))
        {
            var plain = await GetAsync(browser, name, null, null);
            Assert.Equal(plain, await GetAsync(browser, name, "gzip, deflate, br", "br"));
            Assert.Equal(plain, await GetAsync(browser, name, "gzip, deflate", "gzip"));
            Assert.Equal(plain, await GetAsync(browser, name, "br;q=0, gzip;q=0", null));
        }
    }

    [Fact]
    public async Task Fonts_are_sent_as_they_are()
    {
        await using var site = await TestSite.StartAsync();
        using var browser = site.NewBrowser();
        foreach (var name in Catalog.Names.Where(name => name.EndsWith(".woff2", StringComparison.Ordinal)))
            Assert.Equal("wOF2", System.Text.Encoding.ASCII.GetString(await GetAsync(browser, name, "gzip, br", null), 0, 4));
    }

    [Fact]
    public async Task Files_may_be_kept_for_ever_because_their_name_changes_with_their_content()
    {
        await using var site = await TestSite.StartAsync();
        using var browser = site.NewBrowser();
        foreach (var name in Catalog.Names)
        {
            Assert.Matches(@"^[a-z0-9-]+\.[0-9a-f]{10}\.(css|js|svg|woff2)$", name);
            using var answer = await browser.SendAsync(new HttpRequestMessage(HttpMethod.Get, AssetCatalog.Folder + name));
            Assert.Equal("public, max-age=31536000, immutable", answer.Headers.CacheControl!.ToString());
        }
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/devices")]
    [InlineData("/d/k7m3px")]
    [InlineData("/d/aaaaaa/setup/found")]
    [InlineData("/d/aaaaaa/setup/name")]
    [InlineData("/d/k7m3px/allow")]
    [InlineData("/log")]
    public async Task The_first_load_of_every_page_is_small(string path)
    {
        await using var site = await TestSite.StartAsync();
        site.Box.ProtectPlc();
        site.Box.PlugPlc(2, "aaaaaa");
        using var browser = site.SignedIn("de");
        var request = new HttpRequestMessage(HttpMethod.Get, path) { Version = HttpVersion.Version20 };
        request.Headers.Add("Accept-Encoding", "gzip, br");
        using var answer = await browser.SendAsync(request);
        var page = (await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Length;
        await browser.OpenAsync(path);
        var files = browser.Page.QuerySelectorAll("link[href], script[src], use[href]")
            .Select(element => (element.GetAttribute("src") ?? element.GetAttribute("href")!).Split('#')[0]).Distinct().ToList();
        var sizes = files.ToDictionary(file => file, file => Smallest(file[AssetCatalog.Folder.Length..]));
        var fonts = sizes.Where(size => size.Key.EndsWith(".woff2", StringComparison.Ordinal)).Sum(size => size.Value);
        var rest = page + sizes.Sum(size => size.Value) - fonts;
        TestContext.Current.SendDiagnosticMessage($"{path}: page {page}, without fonts {rest}, with fonts {rest + fonts}");
        Assert.Equal(2, sizes.Count(size => size.Key.EndsWith(".woff2", StringComparison.Ordinal)));
        Assert.True(rest <= FirstLoadWithoutFontsBytes, $"{rest} bytes without fonts");
        Assert.True(rest + fonts <= FirstLoadBytes, $"{rest + fonts} bytes with fonts");
    }

    [Fact]
    public async Task Pages_are_compressed_but_not_the_answer_to_a_form()
    {
        await using var site = await TestSite.StartAsync();
        using var browser = site.NewBrowser();
        await browser.OpenAsync("/claim");
        var form = Browser.Values((AngleSharp.Html.Dom.IHtmlFormElement)browser.Page.QuerySelector("main form")!);
        foreach (var (method, encoding) in new[] { (HttpMethod.Get, "br"), (HttpMethod.Post, null) })
        {
            var request = new HttpRequestMessage(method, "/claim");
            request.Headers.Add("Accept-Encoding", "gzip, br");
            request.Headers.Add("Origin", browser.Origin);
            request.Content = method == HttpMethod.Post ? new FormUrlEncodedContent(form) : null;
            using var answer = await browser.SendAsync(request);
            Assert.Equal(encoding, answer.Content.Headers.ContentEncoding.SingleOrDefault());
        }
    }

    [Fact]
    public void The_own_scripts_are_small()
    {
        var scripts = Catalog.Names.Where(name => name.EndsWith(".js", StringComparison.Ordinal)).ToDictionary(name => name, name => Catalog.Find(name)!.Plain.Length);
        Assert.True(scripts.Values.Sum() <= OwnScriptBytes);
        Assert.True(scripts.Single(script => script.Key.StartsWith("live.", StringComparison.Ordinal)).Value <= LiveScriptBytes);
    }

    [Fact]
    public void The_script_sets_text_and_attributes_and_never_markup()
    {
        var script = System.Text.Encoding.UTF8.GetString(Catalog.Find(Catalog.Names.Single(name => name.StartsWith("live.", StringComparison.Ordinal)))!.Plain);
        Assert.All(["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", "DOMParser", ".style"],
            sink => Assert.DoesNotContain(sink, script, StringComparison.Ordinal));
    }

    [Fact]
    public void The_fonts_have_their_licence_beside_them() => Assert.Contains("SIL Open Font License, Version 1.1",
        File.ReadAllText(Path.Combine(Need.ProjectRoot(), "src", "Gateway.WebUi", "wwwroot", "fonts", "LICENSE.txt")), StringComparison.Ordinal);

    private static int Smallest(string name)
    {
        var asset = Catalog.Find(name)!;
        return (asset.Brotli ?? asset.Plain).Length;
    }

    private static async Task<byte[]> GetAsync(Browser browser, string name, string? accepted, string? encoding)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, AssetCatalog.Folder + name);
        if (accepted is not null)
            request.Headers.Add("Accept-Encoding", accepted);
        using var answer = await browser.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(encoding, answer.Content.Headers.ContentEncoding.SingleOrDefault());
        var body = await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        await using var plain = encoding switch
        {
            "br" => new BrotliStream(body, CompressionMode.Decompress),
            "gzip" => (Stream)new GZipStream(body, CompressionMode.Decompress),
            _ => body,
        };
        using var result = new MemoryStream();
        await plain.CopyToAsync(result, TestContext.Current.CancellationToken);
        return result.ToArray();
    }
}
