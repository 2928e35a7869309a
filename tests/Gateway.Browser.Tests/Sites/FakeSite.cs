using System.Net;
using System.Net.Sockets;
using Gateway.WebUi.Tests.Fakes;
using Gateway.WebUi.Tests.Process;

namespace Gateway.Browser.Tests.Sites;

/// <summary>The real program <c>gateway-web</c> before a fake service, which this process holds.</summary>
internal sealed class FakeSite : IAsyncDisposable
{
    public const string Person = "keller";

    public const string Password = "a long enough password";

    private readonly TempFolder _folder = new();
    private WebProgram? _program;

    private FakeSite()
    {
        Service = new FakeService(new FakeBox(TimeProvider.System), _folder.File("api.sock"));
        // Fixed, so that it is the same after the program was started again.
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        Address = new Uri($"https://{free.LocalEndpoint}");
    }

    public FakeService Service { get; }

    public FakeBox Box => Service.Box;

    public Uri Address { get; }

    /// <summary>A site of which the service answers.</summary>
    public static async Task<FakeSite> StartAsync(Action<FakeBox> story)
    {
        var site = new FakeSite();
        story(site.Box);
        await site.Service.StartAsync();
        await site.StartWebAsync();
        return site;
    }

    /// <summary>A site of which the service does not run.</summary>
    public static async Task<FakeSite> StartAwayAsync()
    {
        var site = new FakeSite();
        await site.StartWebAsync();
        return site;
    }

    public async Task StartWebAsync()
    {
        _program = WebProgram.Start(["--listen", Address.Authority, "--api", _folder.File("api.sock"), "--state", _folder.File("state")]);
        await _program.UntilAsync("listens on");
    }

    /// <summary>Kills the program.</summary>
    public async Task StopWebAsync()
    {
        if (_program is not null)
            await _program.DisposeAsync();
        _program = null;
    }

    /// <summary>A browser in which the person is signed in already.</summary>
    public async Task<BrowserSession> SignedInAsync(Chromium chromium, Look? look = null, string role = "engineer")
    {
        var session = await chromium.OpenAsync(Address, look);
        string token;
        lock (Box.Gate)
        {
            Box.Accounts[Person] = (Password, role);
            token = Box.NewSession(Person).Token;
        }
        await session.SetCookieAsync("__Host-session", token);
        return session;
    }

    public async ValueTask DisposeAsync()
    {
        await StopWebAsync();
        await Service.DisposeAsync();
        _folder.Dispose();
    }
}
