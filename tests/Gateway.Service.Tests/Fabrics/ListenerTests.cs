using Gateway.Core.Api;
using Gateway.Service.Tests.Fixtures;

namespace Gateway.Service.Tests.Fabrics;

/// <summary>Services of a fabric that devices dial.</summary>
public sealed class ListenerTests
{
    [Fact]
    public async Task A_listener_that_cannot_be_is_one_alarm_in_the_log_with_service_port_and_reason()
    {
        // The host link's address does not exist on this machine, so nothing can listen on it.
        var site = Sites.WithCorridor(9) + """

            services:
              - { name: historian, fabric: corridor, port: tcp/8086 }
            """;
        await using var box = await TestBox.StartAsync(new TestBoxOptions { Site = site, Files = new Dictionary<string, string> { ["ca.pem"] = "" } });
        await box.LoggedAsync("listener-failed");
        await Task.Delay(TimeSpan.FromMilliseconds(700), TestBox.Cancel);
        var line = Assert.Single(await box.LogAsync("listener-failed"));
        Assert.Equal(("alarm", "historian"), (line.Severity, line.Values["service"]));
        Assert.InRange(int.Parse(line.Values["port"], null), 20_000, 29_999);
        Assert.NotEmpty(line.Values["reason"]);
    }
}
