using System.Net.Sockets;
using System.Text;
using Gateway.Core.Fabric;
using Gateway.Core.Identity;
using Gateway.Corridor.Admin;
using Gateway.Corridor.Client;
using Gateway.Corridor.State;
using Gateway.Corridor.Tests.Fixtures;

namespace Gateway.Corridor.Tests.Operator;

/// <summary>What an operator can ask on the admin socket, and what becomes of bad input.</summary>
public sealed class AdminTests : IAsyncLifetime
{
    private TestSite _site = null!;

    public async ValueTask InitializeAsync() => _site = await TestSite.StartAsync();

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    private string SocketPath => AdminServer.PathIn(_site.HubFolder);

    [Fact]
    public void Socket_and_folder_are_the_owners_alone()
    {
        Assert.Equal("600", Convert.ToString((int)File.GetUnixFileMode(SocketPath), 8));
        Assert.Equal("700", Convert.ToString((int)File.GetUnixFileMode(_site.HubFolder), 8));
        foreach (var name in new[] { "ca.key", "ca.crt" })
            Assert.Equal("600", Convert.ToString((int)File.GetUnixFileMode(Path.Combine(_site.HubFolder, name)), 8));
    }

    [Theory]
    [InlineData(SpiffeKind.Client, "SCADA", 600, "", "lower-case")]
    [InlineData(SpiffeKind.Client, "scada", 10, "", "1 minute to 7 days")]
    [InlineData(SpiffeKind.Client, "scada", 1e300, "", "1 minute to 7 days")]
    [InlineData(SpiffeKind.Client, "scada", 600, "Operators", "group")]
    [InlineData(SpiffeKind.Gateway, "line-2", 600, "operators", "only clients")]
    public async Task A_wrong_token_request_is_explained(SpiffeKind kind, string name, double valid, string group, string part) =>
        await RefusedAsync(new NewToken(kind, name, group.Length == 0 ? [] : [group], valid), part);

    [Fact]
    public async Task Wrong_targets_services_and_names_are_explained()
    {
        await RefusedAsync(new ChangeEntitlements(true, CallerKind.Client, "scada", ["plc-7/mdobus"]), "modbus=502");
        await RefusedAsync(new ChangeEntitlements(true, CallerKind.Client, "Scada", ["plc-7:502"]), "caller");
        await RefusedAsync(new ChangeEntitlements(false, CallerKind.Client, "scada", ["plc-7:502"]), "there is no client scada -> plc-7:502");
        await RefusedAsync(new AddService("historian", "nowhere"), "HOST:PORT");
        await RefusedAsync(new AddService("Historian", "h:1"), "name");
        await RefusedAsync(new RemoveService("historian"), "there is no service");
        await RefusedAsync(new Revoke("nobody"), "corridor status");
        await RefusedAsync(new Restore("nobody"), "nobody");
    }

    [Fact]
    public async Task Of_several_targets_with_one_mistake_none_is_taken()
    {
        await RefusedAsync(new ChangeEntitlements(true, CallerKind.Client, "scada", ["plc-7:502", "plc-8:0"]), "plc-8");
        Assert.Empty((await _site.DoAsync(new ListEntitlements())).Entitlements!);
    }

    [Fact]
    public async Task Adding_twice_is_harmless()
    {
        await _site.EntitleAsync(CallerKind.Client, "scada", "plc-7:502");
        var again = await _site.DoAsync(new ChangeEntitlements(true, CallerKind.Client, "scada", ["plc-7/modbus"]));
        Assert.Contains("already", Assert.Single(again.Notes), StringComparison.Ordinal);
        Assert.Single((await _site.DoAsync(new ListEntitlements())).Entitlements!);
    }

    [Fact]
    public async Task A_name_that_two_have_must_be_given_as_an_id()
    {
        await _site.EnrolGatewayAsync("line-2");
        await _site.EnrolClientAsync("line-2");
        await RefusedAsync(new Revoke("line-2"), "give the id");
        await _site.DoAsync(new Revoke("spiffe://plant-3/client/line-2"));
        var status = (await _site.DoAsync(new AskStatus())).Status!;
        Assert.Equal("revoked", status.Identities.Single(identity => identity.Id.Contains("/client/", StringComparison.Ordinal)).State);
        Assert.NotEqual("revoked", status.Identities.Single(identity => identity.Id.Contains("/gateway/", StringComparison.Ordinal)).State);
    }

    [Fact]
    public async Task A_token_for_a_revoked_client_asks_for_restore_first()
    {
        await _site.EnrolClientAsync("scada");
        await _site.DoAsync(new Revoke("scada"));
        await RefusedAsync(new NewToken(SpiffeKind.Client, "scada", [], 600), "corridor restore scada");
        await _site.DoAsync(new Restore("scada"));
        Assert.NotNull(await _site.Connect(await _site.EnrolClientAsync("scada")).DirectoryAsync(TestSite.Cancel));
    }

    [Fact]
    public async Task Revoking_also_voids_tokens_that_were_not_used()
    {
        await _site.EnrolClientAsync("scada");
        var token = await _site.TokenAsync(SpiffeKind.Client, "scada");
        await _site.DoAsync(new Revoke("scada"));
        await _site.DoAsync(new Restore("scada"));
        using var est = _site.Est();
        using var key = System.Security.Cryptography.ECDsa.Create(SigningRequest.Curve);
        var request = SigningRequest.Create(key, SpiffeId.ForClient("plant-3", "scada"));
        await Assert.ThrowsAsync<CorridorRefusedException>(() => est.EnrolAsync(request, "scada", token, TestSite.Cancel));
    }

    [Fact]
    public async Task Status_and_flows_say_who_is_there()
    {
        await using var plc = TestDevice.Echo();
        var gateway = await _site.EnrolGatewayAsync("line-2");
        await using var door = await TestGateway.StartAsync(_site, await _site.EnrolDeviceAsync(gateway, "plc-7"), plc, doors: 3);
        var scada = _site.Connect(await _site.EnrolClientAsync("scada"));
        await _site.EntitleAsync(CallerKind.Client, "scada", "plc-7:502");
        await using var flow = await scada.DialAsync("plc-7", 502, TestSite.Cancel);
        await Streams.EchoAsync(flow);
        await Eventually.TrueAsync(() => _site.Hub.Doors.CountOf(door.Connection.Identity.Id) == 3, "doors refilled");
        var status = (await _site.DoAsync(new AskStatus())).Status!;
        var device = status.Identities.Single(identity => identity.Id.EndsWith("/plc-7", StringComparison.Ordinal));
        Assert.Equal(("connected", 3, 1), (device.State, device.Doors, device.Flows));
        Assert.Equal(1, status.Counters["FlowsOpened"]);
        var view = Assert.Single((await _site.DoAsync(new ListFlows())).Flows!);
        Assert.Equal(("spiffe://plant-3/client/scada", "plc-7", (ushort)502, 1L, 1L), (view.Caller, view.Target, view.Port, view.BytesToTarget, view.BytesFromTarget));
    }

    [Fact]
    public async Task The_directory_tells_each_what_it_may_know()
    {
        var gateway = await _site.EnrolGatewayAsync("line-2");
        var device = await _site.EnrolDeviceAsync(gateway, "plc-7");
        await _site.EnrolDeviceAsync(await _site.EnrolGatewayAsync("line-3"), "plc-8");
        var scada = await _site.EnrolClientAsync("scada", "operators");
        await _site.DoAsync(new AddService("historian", "127.0.0.1:5432"));
        await _site.EntitleAsync(CallerKind.Client, "scada", "plc-7:502", "plc-7:8080");
        await _site.EntitleAsync(CallerKind.Device, "plc-7", "historian");

        var forGateway = await _site.Connect(gateway).DirectoryAsync(TestSite.Cancel);
        Assert.Equal(("scada", "operators"), (Assert.Single(forGateway.Callers).Name, Assert.Single(forGateway.Groups)));
        Assert.Equal(["plc-7"], Assert.Single(forGateway.Services).Devices);
        Assert.Equal("plc-7", Assert.Single(forGateway.Devices).Name);

        var forDevice = await _site.Connect(device).DirectoryAsync(TestSite.Cancel);
        Assert.Equal(("historian", (ushort)5432), (Assert.Single(forDevice.Services).Name, forDevice.Services[0].Port));
        Assert.Empty(forDevice.Callers);
        Assert.Empty(forDevice.Devices);

        var forClient = await _site.Connect(scada).DirectoryAsync(TestSite.Cancel);
        Assert.Equal([502, 8080], Assert.Single(forClient.Devices).Ports.Select(port => (int)port));
        Assert.Empty(forClient.Callers);
        Assert.Empty(forClient.Services);
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("{}\n")]
    [InlineData("null\n")]
    [InlineData("{\"verb\":\"no-such\"}\n")]
    [InlineData("{\"verb\":\"revoke\"}\n")]
    [InlineData("{\"verb\":\"revoke\",\"what\":null}\n")]
    [InlineData("not json\n")]
    public async Task A_request_that_is_none_gets_an_error_and_the_hub_goes_on(string text)
    {
        Assert.Contains("\"error\":\"", await RawAsync(Encoding.UTF8.GetBytes(text)), StringComparison.Ordinal);
        await _site.DoAsync(new AskStatus());
    }

    [Fact]
    public async Task A_request_without_an_end_is_cut_at_its_bound()
    {
        Assert.Contains("one line", await RawAsync(new byte[AdminServer.MaxRequestBytes]), StringComparison.Ordinal);
        await _site.DoAsync(new AskStatus());
    }

    [Fact]
    public async Task When_the_disk_refuses_nothing_is_changed_and_everyone_is_told()
    {
        var scada = await _site.EnrolClientAsync("scada");
        // What stands in the way of the temporary file stands for a full disk.
        var obstacle = Path.Combine(_site.HubFolder, "state.json" + PrivateFile.Unfinished);
        Directory.CreateDirectory(obstacle);
        await RefusedAsync(new Revoke("scada"), "nothing was changed");
        using (var est = _site.Est(scada))
        using (var key = System.Security.Cryptography.ECDsa.Create(SigningRequest.Curve))
        {
            var refusal = await Assert.ThrowsAsync<CorridorRefusedException>(() => est.ReenrolAsync(SigningRequest.Create(key, scada.Id), TestSite.Cancel));
            Assert.Equal(503, refusal.Problem.Status);
        }
        await _site.Connect(scada).DirectoryAsync(TestSite.Cancel);
        Directory.Delete(obstacle);
        await _site.DoAsync(new Revoke("scada"));
        _site.Logs.Errors.Clear();
    }

    [Fact]
    public async Task A_second_hub_on_the_folder_and_a_folder_of_another_site_are_refused()
    {
        var second = new Hub.HubOptions { Folder = _site.HubFolder, Site = "plant-3", Listen = new(System.Net.IPAddress.Loopback, 0) };
        var message = (await Assert.ThrowsAsync<HubStartException>(() => Hub.HubServer.StartAsync(second, _site.Logs, TestSite.Cancel))).Message;
        Assert.Contains("already", message, StringComparison.Ordinal);
        await _site.EnrolClientAsync("scada");
        await _site.Hub.DisposeAsync();
        message = (await Assert.ThrowsAsync<HubStartException>(() => Hub.HubServer.StartAsync(second with { Site = "plant-4" }, _site.Logs, TestSite.Cancel))).Message;
        Assert.Contains("--site plant-3", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("state.json", "")]
    [InlineData("state.json", "{\"format\":2,\"site\":\"plant-3\",\"hub\":\"hub\"}")]
    [InlineData("state.json", "{\"format\":1}")]
    [InlineData("ca.key", "")]
    [InlineData("ca.crt", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----")]
    public async Task A_damaged_file_stops_the_start_with_the_cure(string name, string content)
    {
        await _site.EnrolClientAsync("scada");
        await _site.Hub.DisposeAsync();
        File.WriteAllText(Path.Combine(_site.HubFolder, name), content);
        var options = new Hub.HubOptions { Folder = _site.HubFolder, Site = "plant-3", Listen = new(System.Net.IPAddress.Loopback, 0) };
        var message = (await Assert.ThrowsAsync<HubStartException>(() => Hub.HubServer.StartAsync(options, _site.Logs, TestSite.Cancel))).Message;
        Assert.Contains(_site.HubFolder, message, StringComparison.Ordinal);
    }

    private async Task RefusedAsync(AdminRequest request, string part) =>
        Assert.Contains(part, (await _site.AskAsync(request)).Error, StringComparison.Ordinal);

    private async Task<string> RawAsync(byte[] bytes)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), TestSite.Cancel);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(bytes, TestSite.Cancel);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(TestSite.Cancel);
    }
}
