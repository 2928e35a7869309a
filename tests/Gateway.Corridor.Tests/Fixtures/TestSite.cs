using System.Net;
using System.Security.Cryptography.X509Certificates;
using Gateway.Core.Identity;
using Gateway.Corridor.Admin;
using Gateway.Corridor.Client;
using Gateway.Corridor.Hub;
using Gateway.Corridor.State;

namespace Gateway.Corridor.Tests.Fixtures;

/// <summary>A real hub on loopback in a folder of its own, with its operator.</summary>
internal sealed class TestSite : IAsyncDisposable
{
    public const string Name = "plant-3";

    private readonly TempFolder _folder = new();
    private readonly List<IDisposable> _owned = [];
    private readonly HubOptions _options;
    private int _folders;

    private TestSite(Func<HubOptions, HubOptions>? change)
    {
        var options = new HubOptions { Folder = _folder.File("hub"), Site = Name, Listen = new IPEndPoint(IPAddress.Loopback, 0) };
        _options = change?.Invoke(options) ?? options;
        Logs = new LogLines();
        Hub = null!;
    }

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Quick tries, so that tests of an absent hub are short.</summary>
    public CorridorClientOptions ClientOptions => new()
    {
        FirstRetry = TimeSpan.FromMilliseconds(50),
        LongestRetry = TimeSpan.FromMilliseconds(400),
        DeniedRetry = TimeSpan.FromMilliseconds(200),
        Time = _options.Time,
    };

    public HubServer Hub { get; private set; }

    public LogLines Logs { get; }

    public string HubFolder => _options.Folder;

    public CorridorEndpoint Endpoint => new("127.0.0.1", (ushort)Hub.Endpoint.Port);

    public X509Certificate2Collection Authorities
    {
        get
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPemFile(Path.Combine(_options.Folder, "ca.crt"));
            return authorities;
        }
    }

    public static async Task<TestSite> StartAsync(Func<HubOptions, HubOptions>? change = null)
    {
        var site = new TestSite(change);
        await site.StartHubAsync(site._options);
        return site;
    }

    /// <summary>Stops the hub and starts it again on the same port and folder.</summary>
    public async Task RestartHubAsync(TimeSpan down = default)
    {
        var port = Hub.Endpoint.Port;
        await Hub.DisposeAsync();
        await Task.Delay(down, Cancel);
        await StartHubAsync(_options with { Listen = new IPEndPoint(IPAddress.Loopback, port) });
    }

    public async Task<AdminReply> AskAsync(AdminRequest request) => await AdminClient.AskAsync(_options.Folder, request, Cancel);

    /// <summary>Asks, and expects that it was done.</summary>
    public async Task<AdminReply> DoAsync(AdminRequest request)
    {
        var reply = await AskAsync(request);
        Assert.Null(reply.Error);
        return reply;
    }

    public async Task<string> TokenAsync(SpiffeKind kind, string name, params string[] groups) =>
        (await DoAsync(new NewToken(kind, name, groups, 600))).Token!.Token;

    public Task EntitleAsync(CallerKind from, string caller, params string[] targets) => DoAsync(new ChangeEntitlements(true, from, caller, targets));

    public Task<StoredIdentity> EnrolClientAsync(string name, params string[] groups) => EnrolAsync(SpiffeId.ForClient(Name, name), groups);

    public Task<StoredIdentity> EnrolGatewayAsync(string name) => EnrolAsync(SpiffeId.ForGateway(Name, name));

    /// <summary>A device, enrolled by its gateway.</summary>
    public async Task<StoredIdentity> EnrolDeviceAsync(StoredIdentity gateway, string device)
    {
        using var est = Est(gateway);
        return await EnrolAsync(SpiffeId.ForDevice(Name, gateway.Id.Name, device), est.EnrolDeviceAsync);
    }

    public EstClient Est(StoredIdentity? identity = null) => new(Endpoint, Authorities, identity, ClientOptions);

    public CorridorConnection Connect(StoredIdentity identity, CorridorClientOptions? options = null)
    {
        var connection = new CorridorConnection(Endpoint, identity, options ?? ClientOptions);
        _owned.Add(connection);
        return connection;
    }

    /// <summary>A folder for an identity.</summary>
    public string NewFolder() => _folder.File($"identity-{++_folders}");

    public async ValueTask DisposeAsync()
    {
        foreach (var owned in _owned)
            owned.Dispose();
        await Hub.DisposeAsync();
        _folder.Dispose();
        Assert.Empty(Logs.Errors);
    }

    private async Task<StoredIdentity> EnrolAsync(SpiffeId id, params string[] groups)
    {
        var token = await TokenAsync(id.Kind, id.Name, groups);
        using var est = Est();
        return await EnrolAsync(id, (request, cancel) => est.EnrolAsync(request, id.Name, token, cancel));
    }

    private async Task<StoredIdentity> EnrolAsync(SpiffeId id, Func<ReadOnlyMemory<byte>, CancellationToken, Task<X509Certificate2>> submit)
    {
        var cycle = new CredentialCycle(KeyStore.Open(NewFolder()), Endpoint, ClientOptions);
        var identity = await cycle.RunAsync(id, Authorities, submit, Cancel);
        _owned.Add(identity);
        return identity;
    }

    private async Task StartHubAsync(HubOptions options)
    {
        Hub = await HubServer.StartAsync(options, Logs, Cancel);
    }
}
