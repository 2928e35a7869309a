using System.Collections.Concurrent;
using Gateway.Core.Api;
using Gateway.Core.Policy;
using Gateway.Core.State;
using Gateway.Corridor.Client;
using Gateway.Service.Access;
using Gateway.Service.Hosting;
using Gateway.Service.State;
using Microsoft.Extensions.DependencyInjection;

using Gateway.Corridor.Tests.Fixtures;

namespace Gateway.Service.Tests.Fixtures;

/// <summary>The real service in a folder of its own: real stores, Kestrel on a real Unix socket, beside it a dataplane that does as the
/// test says.</summary>
internal sealed class TestBox : IAsyncDisposable
{
    public const string Plc = "28:63:36:aa:10:2f";
    public const string OtherMac = "00:30:de:00:00:05";

    private readonly TempFolder _folder = new();
    private readonly TestBoxOptions _options;
    private RunningService? _service;
    private readonly ConcurrentQueue<LogEntryView> _lines = [];
    private int _copies;
    private string _state;

    private TestBox(TestBoxOptions options)
    {
        _options = options;
        _state = _folder.File("state");
        SiteFile = _folder.File("site.yaml");
        Socket = _folder.File("api.sock");
        DataplaneSocket = _folder.File("dp.sock");
        File.WriteAllText(SiteFile, options.Site);
        foreach (var (name, text) in options.Files)
            File.WriteAllText(_folder.File(name), text);
        Dataplane = new FakeDataplane(DataplaneSocket);
    }

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public FakeDataplane Dataplane { get; }

    public string SiteFile { get; }

    public string Socket { get; }

    public string DataplaneSocket { get; }

    public string StateFolder => _state;

    public IServiceProvider Services => _service!.Application.Services;

    public StateStore State => Services.GetRequiredService<StateStore>();

    public string ClaimCode => File.ReadAllText(Path.Combine(_state, "claim-code")).Trim();

    /// <summary>As an engineer.</summary>
    public ApiCaller Api { get; private set; } = null!;

    public static async Task<TestBox> StartAsync(TestBoxOptions? options = null)
    {
        var box = new TestBox(options ?? new TestBoxOptions());
        await box.StartServiceAsync();
        return box;
    }

    public ServiceOptions Options() => new(SiteFile, _state, DataplaneSocket, Socket);

    /// <summary>A session of the role.</summary>
    public string TokenOf(Role role) => Services.GetRequiredService<Sessions>().Open(new Principal(role.ToString().ToLowerInvariant(), role)).Token;

    public ApiCaller As(Role role) => new(Socket, TokenOf(role));

    public T Get<T>() where T : notnull => Services.GetRequiredService<T>();

    /// <summary>A device on socket 1, as found.</summary>
    public async Task<DeviceView> FindAsync(string mac = Plc, string address = "192.168.10.21", string link = "socket-1")
    {
        await Dataplane.SeeAsync(link, mac, address);
        DeviceView? found = null;
        await Eventually.TrueAsync(async () =>
            (found = (await Api.GetAsync<DeviceView[]>("devices")).FirstOrDefault(d => d.Mac == mac && d.Address.Length > 0)) is not null, "the device is found");
        return found!;
    }

    public async Task<DeviceDetail> NameAsync(string id, string name = "plc-7") => await Api.PutAsync<DeviceDetail>(
        $"devices/{id}/name", new NameRequest(name, "plc", new Dictionary<string, string> { ["line"] = "filler-2" }, null, null, null));

    /// <summary>A device that is approved.</summary>
    public async Task<DeviceView> ApprovedAsync(string fabric = "", params string[] proposals)
    {
        var device = await FindAsync();
        await NameAsync(device.Id);
        return (await Api.PostAsync<DeviceDetail>($"devices/{device.Id}/approve", new ApproveRequest("192.168.10.21/24", null, fabric, proposals))).Device;
    }

    public async Task<LogEntryView[]> LogAsync(string kind)
    {
        var log = Get<Service.Records.RecordLog>();
        await Eventually.TrueAsync(() => !log.Pulse.HasStopped(TimeSpan.Zero), "every line is stored");
        await log.CatchUpAsync();
        return [.. (await Api.GetAsync<LogPage>($"log?kind={kind}")).Entries];
    }

    /// <summary>Waits until a line was written, whether or not the log can be queried.</summary>
    public Task ToldAsync(string kind) => Eventually.TrueAsync(() => _lines.Any(l => l.Kind == kind), $"a line of {kind} is written");

    public Task LoggedAsync(string kind, int times = 1) =>
        Eventually.TrueAsync(async () => (await LogAsync(kind)).Length >= times, $"{times} lines of {kind}");

    public async Task StopServiceAsync()
    {
        if (_service is null)
            return;
        Api.Dispose();
        // Whatever a test did, its lines are as docs/log.md says.
        foreach (var line in _lines)
            LogDoc.Check(line);
        await _service.Application.StopAsync(Cancel);
        await _service.DisposeAsync();
        _service = null;
    }

    /// <summary>Ends the service as a kill would: what stands on the disk at this moment is all that the next start sees.</summary>
    public async Task KillServiceAsync()
    {
        var copy = _folder.File($"state-{++_copies}");
        CopyFolder(_state, copy);
        await StopServiceAsync();
        _state = copy;
    }

    public async Task StartServiceAsync()
    {
        var read = SiteReader.ReadFile(SiteFile);
        Assert.Empty(read.Errors);
        var parts = ServiceParts.Default with
        {
            Time = _options.Time,
            HangLimit = _options.HangLimit,
            OpenFolder = _options.OpenFolder ?? ServiceParts.Default.OpenFolder,
            Corridor = new CorridorClientOptions
            {
                FirstRetry = TimeSpan.FromMilliseconds(50), LongestRetry = TimeSpan.FromMilliseconds(400), DeniedRetry = TimeSpan.FromMilliseconds(200),
            },
        };
        _service = await RunningService.OpenAsync(Options(), read.Document!, parts);
        Get<Service.Records.RecordLog>().Added += _lines.Enqueue;
        await _service.Application.StartAsync(Cancel);
        Api = As(Role.Engineer);
        if (_options.WaitForDataplane)
            await Eventually.TrueAsync(() => Get<Service.Dataplane.DataplaneClient>().IsConnected, "the service is connected to the dataplane");
    }

    public async ValueTask DisposeAsync()
    {
        await StopServiceAsync();
        await Dataplane.DisposeAsync();
        _folder.Dispose();
    }

    private static void CopyFolder(string from, string to)
    {
        Directory.CreateDirectory(to, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var file in Directory.GetFiles(from))
        {
            // The reserve is 16 MiB of zeros; the next start makes it anew.
            if (Path.GetFileName(file) is not ("reserve" or "lock"))
                File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
        foreach (var folder in Directory.GetDirectories(from))
            CopyFolder(folder, Path.Combine(to, Path.GetFileName(folder)));
    }
}

/// <summary>What a test changes of the usual box.</summary>
internal sealed record TestBoxOptions
{
    public string Site { get; init; } = Sites.Plain;

    /// <summary>Files beside the site file.</summary>
    public IReadOnlyDictionary<string, string> Files { get; init; } = new Dictionary<string, string>();

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public Func<string, Core.Store.IJournalFolder>? OpenFolder { get; init; }

    public TimeSpan HangLimit { get; init; } = ServiceParts.Default.HangLimit;

    public bool WaitForDataplane { get; init; } = true;
}

/// <summary>Site files of the tests. The host link of the tests does not exist: nothing is sent.</summary>
internal static class Sites
{
    public const string Plain = """
        version: 1
        site: plant-3
        segments: 100.77.0.0/16
        links:
          - { name: socket-1, role: downlink, interface: s1, socket: 1 }
          - { name: socket-2, role: downlink, interface: s2, socket: 2 }
          - { name: uplink, role: uplink, interface: up0, address: 10.77.0.254/24 }
          - { name: host, role: host, interface: host1, address: 100.77.0.1/16 }
        """;

    public static string WithCorridor(int port) => $"""
        {Plain}
        fabrics:
          - name: corridor
            kind: corridor
            hub: "127.0.0.1:{port}"
            authority: ca.pem
            token: gateway.token
            gateway: gw-1
        """;
}
