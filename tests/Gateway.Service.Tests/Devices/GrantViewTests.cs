using Gateway.Core.Api;
using Gateway.Service.Tests.Fixtures;

namespace Gateway.Service.Tests.Devices;

/// <summary>Grants as they are shown.</summary>
public sealed class GrantViewTests
{
    private const string Services = """

        services:
          - { name: historian, fabric: corridor, port: tcp/8086, address: 192.168.10.40 }
        """;

    private const string Grant = """

        grants:
          - name: plc-7-to-historian
            from: { device: plc-7 }
            to: { service: historian }

        """;

    [Fact]
    public async Task A_grant_to_a_service_shows_the_port_of_the_service()
    {
        await using var box = await TestBox.StartAsync(
            new TestBoxOptions { Site = Sites.WithCorridor(9) + Services, Files = new Dictionary<string, string> { ["ca.pem"] = "" } });
        var device = await box.ApprovedAsync("corridor");
        var result = await box.Api.PutAsync<PolicyResult>("policy", new PolicyRequest((await box.Api.GetAsync("policy")).Text + Grant));
        Assert.True(result.Valid, string.Join("; ", result.Errors));
        var shown = Assert.Single((await box.Api.GetAsync<DeviceDetail>($"devices/{device.Id}")).Grants);
        Assert.Equal(("service historian", "out"), (shown.To, shown.Direction));
        Assert.Equal(["tcp/8086"], shown.Allow);
        Assert.Equal(["tcp/8086"], Assert.Single(await box.Api.GetAsync<GrantView[]>("grants")).Allow);
    }
}
