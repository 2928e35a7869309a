using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Gateway.WebUi.Tests.Fakes;

namespace Gateway.WebUi.Tests.Security;

public class ListenTests
{
    [Theory]
    [InlineData("127.0.0.1:8443", "127.0.0.1", 8443)]
    [InlineData("[::1]:443", "::1", 443)]
    [InlineData("0.0.0.0:0", "0.0.0.0", 0)]
    public void An_address_with_a_port_is_taken(string text, string address, int port)
    {
        Assert.True(WebOptions.TryParseListen(text, out var end, out _));
        Assert.Equal(new IPEndPoint(IPAddress.Parse(address), port), end);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData(":8443")]
    [InlineData("localhost:8443")]
    [InlineData("127.0.0.1:70000")]
    [InlineData("127.0.0.1:-1")]
    [InlineData("::1:8443")]
    [InlineData("")]
    public void Anything_else_is_refused_with_what_would_be_right(string text)
    {
        Assert.False(WebOptions.TryParseListen(text, out _, out var error));
        Assert.Contains($"'{text}'", error, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1:8443", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plain_HTTP_gets_no_page()
    {
        await using var site = await TestSite.StartAsync();
        using var http = new HttpClient();
        await Assert.ThrowsAnyAsync<HttpRequestException>(
            () => http.GetAsync(new Uri($"http://127.0.0.1:{site.Address.Port}/"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task HTTP2_is_spoken_when_the_browser_offers_it()
    {
        await using var site = await TestSite.StartAsync();
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, site.Address.Port, TestContext.Current.CancellationToken);
        await using var tls = new SslStream(tcp.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate!.Equals(site.Identity.Current),
        }, TestContext.Current.CancellationToken);
        Assert.Equal(SslApplicationProtocol.Http2, tls.NegotiatedApplicationProtocol);
        Assert.True(tls.SslProtocol >= System.Security.Authentication.SslProtocols.Tls12);
    }

    [Fact]
    public async Task The_keys_of_the_forms_are_their_owners_alone()
    {
        await using var site = await TestSite.StartAsync();
        using var browser = site.NewBrowser();
        await browser.OpenAsync("/claim");
        var files = Directory.GetFiles(Path.Combine(site.StateFolder, "form-keys"));
        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
    }
}
