using System.Diagnostics;
using Gateway.Core.Identity;
using Gateway.Corridor.Client;
using Gateway.Corridor.Tests.Fixtures;

namespace Gateway.Corridor.Tests.Process;

/// <summary>Tools that know nothing of us enrol by the standard alone: openssl makes the key and the request, curl sends it.</summary>
[Trait("Category", "Slow")]
public sealed class ForeignToolTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private TestSite _site = null!;

    public async ValueTask InitializeAsync()
    {
        Need.Command("openssl", "openssl");
        Need.Command("curl", "curl");
        _site = await TestSite.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_site is not null)
            await _site.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Openssl_and_curl_get_a_certificate_and_use_it()
    {
        var token = await _site.TokenAsync(SpiffeKind.Client, "scada");
        await RunAsync("openssl", "req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key.pem -subj /CN=anything "
            + "-addext subjectAltName=URI:spiffe://plant-3/client/scada -outform DER -out request.der");
        await RunAsync("openssl", "base64 -in request.der -out request.b64");
        await CurlAsync($"-u scada:{token} -H Content-Type:application/pkcs10 --data-binary @request.b64 -o answer.b64", "/.well-known/est/simpleenroll");
        await RunAsync("openssl", "base64 -d -in answer.b64 -out answer.p7");
        await RunAsync("openssl", "pkcs7 -inform DER -in answer.p7 -print_certs -out cert.pem");
        await RunAsync("openssl", $"verify -purpose sslclient -CAfile {_site.HubFolder}/ca.crt cert.pem");
        Assert.Contains("\"site\":\"plant-3\"", await CurlAsync("--cert cert.pem --key key.pem", "/corridor/v1/directory"), StringComparison.Ordinal);

        await RunAsync("openssl", "req -new -key key.pem -subj /CN=anything -addext subjectAltName=URI:spiffe://plant-3/client/scada -outform DER -out again.der");
        await RunAsync("openssl", "base64 -in again.der -out again.b64");
        await CurlAsync("--cert cert.pem --key key.pem -H Content-Type:application/pkcs10 --data-binary @again.b64 -o next.b64", "/.well-known/est/simplereenroll");
        Assert.NotEmpty(EstMessages.DecodeCertificates(await File.ReadAllBytesAsync(_folder.File("next.b64"), TestSite.Cancel)));
    }

    [Theory]
    [InlineData("--http1.1")]
    [InlineData("--http2")]
    public async Task The_authority_is_served_to_everyone(string version)
    {
        await CurlAsync($"{version} -o authority.b64", "/.well-known/est/cacerts");
        var authority = Assert.Single(EstMessages.DecodeCertificates(await File.ReadAllBytesAsync(_folder.File("authority.b64"), TestSite.Cancel)));
        Assert.Equal(_site.Hub.Fingerprint, StoredIdentity.FingerprintOf(authority));
    }

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_1")]
    public async Task Nothing_older_than_tls_1_3_is_spoken(string version)
    {
        var (exitCode, _) = await StartAsync("openssl", $"s_client {version} -connect 127.0.0.1:{_site.Hub.Endpoint.Port}");
        Assert.NotEqual(0, exitCode);
        Assert.Equal(0, (await StartAsync("openssl", $"s_client -tls1_3 -connect 127.0.0.1:{_site.Hub.Endpoint.Port}")).ExitCode);
    }

    private Task<string> CurlAsync(string arguments, string path) =>
        RunAsync("curl", $"-sS --fail-with-body --cacert {_site.HubFolder}/ca.crt {arguments} https://127.0.0.1:{_site.Hub.Endpoint.Port}{path}");

    private async Task<string> RunAsync(string command, string arguments)
    {
        var (exitCode, text) = await StartAsync(command, arguments);
        Assert.True(exitCode == 0, $"{command} {arguments}\n{text}");
        return text;
    }

    private async Task<(int ExitCode, string Text)> StartAsync(string command, string arguments)
    {
        using var process = System.Diagnostics.Process.Start(new ProcessStartInfo(command, arguments.Split(' '))
        {
            WorkingDirectory = _folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        })!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(TestSite.Cancel);
        var error = process.StandardError.ReadToEndAsync(TestSite.Cancel);
        await process.WaitForExitAsync(TestSite.Cancel).WaitAsync(Eventually.Limit);
        return (process.ExitCode, await output + await error);
    }
}
