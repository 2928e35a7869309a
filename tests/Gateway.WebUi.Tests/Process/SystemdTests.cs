using System.Net.Sockets;
using System.Text;
using Gateway.WebUi.Systemd;
using Gateway.WebUi.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.WebUi.Tests.Process;

public class SystemdTests
{
    [Fact]
    [Trait("Category", "Slow")]
    public async Task Systemd_hears_READY_once_it_listens_and_WATCHDOG_as_long_as_it_answers()
    {
        using var folder = new TempFolder();
        using var notify = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        notify.Bind(new UnixDomainSocketEndPoint(folder.File("notify.sock")));
        await using var program = WebProgram.Start(
            ["--listen", "127.0.0.1:0", "--api", folder.File("none.sock"), "--state", folder.File("state")],
            ("NOTIFY_SOCKET", folder.File("notify.sock")), ("WATCHDOG_USEC", "900000"));
        Assert.Contains("READY=1", await NextAsync(notify), StringComparison.Ordinal);
        for (var i = 0; i < 3; i++)
            Assert.Equal("WATCHDOG=1", await NextAsync(notify));
    }

    [Fact]
    public async Task The_probe_is_a_real_request_and_fails_when_nobody_answers()
    {
        var site = await TestSite.StartAsync();
        var probe = site.Services.GetRequiredService<SelfProbe>();
        Assert.True(await probe.AnswersAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        await site.StopListeningAsync();
        Assert.False(await probe.AnswersAsync(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken));
        await site.DisposeAsync();
    }

    private static async Task<string> NextAsync(Socket notify)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        var buffer = new byte[4096];
        var length = await notify.ReceiveAsync(buffer, limit.Token);
        return Encoding.ASCII.GetString(buffer, 0, length).Trim();
    }
}
