using System.Net;
using AngleSharp;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Gateway.WebUi.Security;

namespace Gateway.WebUi.Tests.Fakes;

/// <summary>A browser without scripts: keeps cookies, sends Origin, fills in forms that are on the page, follows redirects when asked.</summary>
internal sealed class Browser : IDisposable
{
    private readonly CookieContainer _cookies = new();
    private readonly HttpClient _http;

    public Browser(Uri address, TlsIdentity identity, string? language)
    {
        Address = address;
        var handler = new SocketsHttpHandler { CookieContainer = _cookies, AllowAutoRedirect = false };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null && certificate.Equals(identity.Current);
        _http = new HttpClient(handler) { BaseAddress = address };
        if (language is not null)
            _http.DefaultRequestHeaders.Add("Accept-Language", language);
    }

    public Uri Address { get; }

    public string Origin => Address.GetLeftPart(UriPartial.Authority);

    /// <summary>The last page.</summary>
    public IHtmlDocument Page { get; private set; } = null!;

    /// <summary>Path and query of the last page.</summary>
    public string Here { get; private set; } = "/";

    public CookieCollection Cookies => _cookies.GetCookies(Address);

    public void SetCookie(string name, string value) => _cookies.Add(new Cookie(name, value, "/", Address.Host) { Secure = true });

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) =>
        _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);

    /// <summary>Opens a page and reads it; follows redirects as a browser does.</summary>
    public async Task<HttpResponseMessage> OpenAsync(string path)
    {
        Here = path;
        return await ReadAsync(await SendAsync(new HttpRequestMessage(HttpMethod.Get, path) { Version = HttpVersion.Version20 }));
    }

    /// <summary>Fills in the form around the element and presses it. Fields that are not named keep what the page put into them.</summary>
    public async Task<HttpResponseMessage> PressAsync(string selector, params (string Name, string Value)[] fields)
    {
        var element = Page.QuerySelector(selector) ?? throw new InvalidOperationException($"'{selector}' is not on the page {Here}");
        var button = element as IHtmlButtonElement ?? element.QuerySelector<IHtmlButtonElement>("button")!;
        var form = button.Form!;
        var values = Values(form).Where(value => fields.All(f => f.Name != value.Key)).ToList();
        if (button.Name is { Length: > 0 } name)
            values.Add(new(name, button.Value ?? ""));
        values.AddRange(fields.Select(f => new KeyValuePair<string, string>(f.Name, f.Value)));
        var target = button.GetAttribute("formaction") ?? form.GetAttribute("action") ?? Here;
        return await PostAsync(target, values);
    }

    public async Task<HttpResponseMessage> PostAsync(string path, IEnumerable<KeyValuePair<string, string>> values, string? origin = null)
    {
        Here = path;
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Version = HttpVersion.Version20, Content = new FormUrlEncodedContent(values) };
        request.Headers.Add("Origin", origin ?? Origin);
        return await ReadAsync(await SendAsync(request));
    }

    /// <summary>The fields of a form as a browser would send them.</summary>
    public static List<KeyValuePair<string, string>> Values(IHtmlFormElement form)
    {
        var values = new List<KeyValuePair<string, string>>();
        foreach (var element in form.Elements)
        {
            if (element is IHtmlInputElement { Name.Length: > 0 } input && (input.Type is not ("radio" or "checkbox") || input.IsChecked))
                values.Add(new(input.Name!, input.Value));
            else if (element is IHtmlTextAreaElement { Name.Length: > 0 } area)
                values.Add(new(area.Name!, area.Value));
            else if (element is IHtmlSelectElement { Name.Length: > 0 } select)
                values.Add(new(select.Name!, select.Value ?? ""));
        }
        return values;
    }

    public string Text(string selector) => Flat(Page.QuerySelector(selector)
        ?? throw new InvalidOperationException($"'{selector}' is not on the page {Here}"));

    public bool Has(string selector) => Page.QuerySelector(selector) is not null;

    public static string Flat(IElement element) =>
        string.Join(' ', element.TextContent.Split([' ', '\n', '\r', '\t'], StringSplitOptions.RemoveEmptyEntries));

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> ReadAsync(HttpResponseMessage answer)
    {
        while (answer.StatusCode is HttpStatusCode.Found or HttpStatusCode.SeeOther)
        {
            Here = new Uri(Address, answer.Headers.Location!).PathAndQuery;
            answer = await SendAsync(new HttpRequestMessage(HttpMethod.Get, Here) { Version = HttpVersion.Version20 });
        }
        var html = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var context = BrowsingContext.New(Configuration.Default);
        Page = (IHtmlDocument)await context.OpenAsync(response => response.Content(html).Address(new Uri(Address, Here)), TestContext.Current.CancellationToken);
        return answer;
    }
}
