using Gateway.Corridor.Tests.Fixtures;

namespace Gateway.Corridor.Tests.Process;

/// <summary>One hub for all cases of bad input.</summary>
public sealed class BadInputSite : IAsyncLifetime
{
    private TestSite _site = null!;

    /// <summary>Folder in which <c>hub</c> is the hub's.</summary>
    public string Folder => Directory.GetParent(_site.HubFolder)!.FullName;

    public async ValueTask InitializeAsync() => _site = await TestSite.StartAsync();

    public ValueTask DisposeAsync() => _site.DisposeAsync();
}

/// <summary>What people mistype.</summary>
[Trait("Category", "Slow")]
public sealed class BadInputTests(BadInputSite site) : IClassFixture<BadInputSite>
{
    [Theory]
    [InlineData("hub --state {0}/x --site Plant --listen 127.0.0.1:0", "--site", "lower-case")]
    [InlineData("hub --state {0}/x --site plant-3 --listen 127.0.0.1", "--listen", "10.20.0.10:8443")]
    [InlineData("hub --state {0}/x --site plant-3 --listen 192.0.2.1:8443", "192.0.2.1", "cannot listen")]
    [InlineData("hub --state {0}/hub --site plant-3 --listen 127.0.0.1:0", "already", "--state")]
    [InlineData("hub --state {0}/x --site plant-3 --listen 127.0.0.1:0 --config {0}/none.yaml", "none.yaml", "cannot be read")]
    [InlineData("token new --state {0}/hub", "--client NAME", "--gateway NAME")]
    [InlineData("token new --state {0}/hub --client scada --valid soon", "soon", "30m")]
    [InlineData("token new --state {0}/none --client scada", "no answer", "--state")]
    [InlineData("entitle add --state {0}/hub plc-7/modbus", "exactly one", "--client")]
    [InlineData("enrol --hub nowhere --ca x --name a --token b --identity {0}/i", "nowhere", "HOST:PORT")]
    [InlineData("enrol --hub 127.0.0.1:1 --name a --token b --identity {0}/i", "--ca FILE", "--ca-fingerprint")]
    [InlineData("enrol --hub 127.0.0.1:1 --ca-fingerprint 00 --name a --token b --identity {0}/i", "127.0.0.1:1", "cannot be reached")]
    [InlineData("dial plc-7/mdobus --listen 127.0.0.1:0 --hub 127.0.0.1:1 --identity {0}/i", "mdobus", "modbus=502")]
    [InlineData("dial plc-7/modbus --listen 1502 --hub 127.0.0.1:1 --identity {0}/i", "1502", "127.0.0.1:1502")]
    [InlineData("dial plc-7/modbus --listen 127.0.0.1:0 --hub 127.0.0.1:1 --identity {0}/i", "no certificate", "corridor enrol")]
    public async Task Bad_input_gets_one_message_with_the_cure(string arguments, string what, string cure)
    {
        var (exitCode, text) = await CorridorProcess.RunAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, arguments, site.Folder).Split(' '));
        Assert.NotEqual(0, exitCode);
        Assert.Contains(what, text, StringComparison.Ordinal);
        Assert.Contains(cure, text, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
    }
}
