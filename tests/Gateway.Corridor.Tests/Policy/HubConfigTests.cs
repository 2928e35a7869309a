using Gateway.Core.Identity;
using Gateway.Corridor.Config;
using Gateway.Corridor.State;
using Gateway.Corridor.Tests.Fixtures;

namespace Gateway.Corridor.Tests.Policy;

/// <summary>The hub's configuration file: what it declares, and how its mistakes are reported.</summary>
public sealed class HubConfigTests
{
    private const string Good = """
        version: 1
        site: plant-3
        lifetimes:
          devices: 24h
          gateways: 30d
        clients:
          - name: scada
            groups: [operators, night-shift]
        services:
          - name: historian
            address: 10.20.0.40:5432
        entitlements:
          - group: operators
            to: [plc-7/modbus, cam-*/rtsp]
          - device: plc-7
            to: [historian]
        """;

    [Fact]
    public void A_good_file_reads()
    {
        var config = Parse(Good);
        Assert.Equal((TimeSpan.FromDays(1), TimeSpan.FromDays(7), TimeSpan.FromDays(30)), (config.Lifetimes.Devices, config.Lifetimes.Clients, config.Lifetimes.Gateways));
        Assert.Equal(["operators", "night-shift"], config.Clients["scada"]);
        Assert.Equal(new ServiceRecord("historian", "10.20.0.40", 5432, true), Assert.Single(config.Services));
        Assert.Equal(["group operators -> plc-7:502", "group operators -> cam-*:554", "device plc-7 -> historian"], config.Entitlements.Select(leave => leave.ToString()));
    }

    [Fact]
    public void A_file_with_nothing_but_its_version_declares_nothing() => Assert.Empty(Parse("version: 1").Entitlements);

    [Theory]
    [InlineData("version: 2", 1, "version", "'2'", "version 1")]
    [InlineData("site: plant-3", 1, "version", "", "missing")]
    [InlineData("version: 1\nsite: plant-4", 2, "site", "'plant-4'", "--site plant-3")]
    [InlineData("version: 1\nclient: []", 2, "client", "", "known are version, site")]
    [InlineData("version: 1\nclients: scada", 2, "clients", "'scada'", "begin each item with")]
    [InlineData("version: 1\nclients:\n  - name: SCADA", 3, "clients[0].name", "'SCADA'", "lower-case")]
    [InlineData("version: 1\nclients:\n  - name: scada\n  - name: scada", 4, "clients[1].name", "'scada'", "twice")]
    [InlineData("version: 1\nclients:\n  - name: scada\n    groups: [a, B]", 4, "clients[0].groups[1]", "'B'", "lower-case")]
    [InlineData("version: 1\nlifetimes:\n  devices: 1h", 3, "lifetimes.devices", "'1h'", "24h to 30d")]
    [InlineData("version: 1\nlifetimes:\n  devices: 31d", 3, "lifetimes.devices", "'31d'", "24h to 30d")]
    [InlineData("version: 1\nlifetimes:\n  devices: soon", 3, "lifetimes.devices", "'soon'", "24h to 30d")]
    [InlineData("version: 1\nservices:\n  - name: historian\n    address: 10.20.0.40", 4, "services[0].address", "'10.20.0.40'", "HOST:PORT")]
    [InlineData("version: 1\nservices:\n  - name: a\n    address: h:1\n  - name: a\n    address: h:2", 5, "services[1].name", "'a'", "twice")]
    [InlineData("version: 1\nentitlements:\n  - to: [plc-7/modbus]", 3, "entitlements[0]", "", "exactly one")]
    [InlineData("version: 1\nentitlements:\n  - client: a\n    group: b\n    to: [plc-7/modbus]", 3, "entitlements[0]", "", "exactly one")]
    [InlineData("version: 1\nentitlements:\n  - client: a", 3, "entitlements[0].to", "", "[plc-7/modbus]")]
    [InlineData("version: 1\nentitlements:\n  - client: a\n    to:\n      - plc-7/mdobus", 5, "entitlements[0].to[0]", "'plc-7/mdobus'", "modbus=502")]
    [InlineData("version: 1\nentitlements:\n  - client: a\n    to: ['*/modbus']", 4, "entitlements[0].to[0]", "'*/modbus'", "plc-7/modbus")]
    [InlineData("version: 1\nentitlements:\n  - client: a\n    allow: [x]\n    to: [a/80]", 4, "entitlements[0].allow", "", "known are client")]
    [InlineData("- a", 1, "the file", "", "a map with version")]
    [InlineData("version: [1", 2, "the file", "", "brackets")]
    [InlineData("version: 1\nversion: 1", 2, "the file", "", "check indentation")]
    [InlineData("", 1, "the file", "", "version: 1")]
    [InlineData("version: 1\nclients: &a []", 2, "the file", "", "anchors")]
    [InlineData("version: 1\nclients: *a", 2, "the file", "", "anchors")]
    public void A_mistake_is_named_with_line_field_value_and_cure(string text, int line, string field, string value, string cure)
    {
        var message = Assert.Throws<HubStartException>(() => Parse(text)).Message;
        Assert.Contains($"hub.yaml: line {line}: {field}", message, StringComparison.Ordinal);
        Assert.Contains(value, message, StringComparison.Ordinal);
        Assert.Contains(cure, message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_nested_without_end_is_refused() =>
        Assert.Contains("deeper than 16", Assert.Throws<HubStartException>(() => Parse($"version: 1\nclients: {new string('[', 100_000)}")).Message, StringComparison.Ordinal);

    [Fact]
    public void All_mistakes_are_reported_at_once() =>
        Assert.Equal(3, Assert.Throws<HubStartException>(() => Parse("version: 1\nclients:\n  - name: A\n  - name: B\n  - name: C")).Message.Split('\n').Length);

    [Fact]
    public void Random_damage_never_escapes_as_another_exception()
    {
        var random = new Random(17);
        for (var round = 0; round < 3_000; round++)
        {
            var text = Good.ToCharArray();
            for (var change = 0; change < 3; change++)
                text[random.Next(text.Length)] = (char)random.Next(1, 127);
            try
            {
                Parse(new string(text));
            }
            catch (HubStartException)
            {
                // What a bad file must do.
            }
        }
    }

    [Fact]
    public void A_file_takes_the_place_of_the_one_before_and_leaves_alone_what_operators_did()
    {
        var own = new Entitlement(CallerKind.Client, "scada", "plc-1", 502, Declared: false);
        var state = new HubState { Site = "plant-3", Hub = "hub", Entitlements = [own] };
        state = Parse(Good).ApplyTo(state);
        Assert.Equal(4, state.Entitlements.Length);
        state = Parse("version: 1\nentitlements:\n  - client: scada\n    to: [plc-9/modbus]").ApplyTo(state);
        Assert.Equal(["client scada -> plc-1:502", "client scada -> plc-9:502"], state.Entitlements.Select(leave => leave.ToString()));
        Assert.Empty(state.Services);
        Assert.Empty(state.Identities.Values.Single(identity => identity.Name == "scada").AllGroups());
    }

    [Fact]
    public async Task Declared_groups_services_and_entitlements_count_and_cannot_be_removed_by_hand()
    {
        using var folder = new TempFolder();
        await using var historian = TestDevice.Echo();
        File.WriteAllText(folder.File("hub.yaml"), $"""
            version: 1
            clients:
              - name: scada
                groups: [operators]
            services:
              - name: historian
                address: 127.0.0.1:{historian.Port}
            entitlements:
              - group: operators
                to: [historian]
            """);
        await using var site = await TestSite.StartAsync(options => options with { ConfigPath = folder.File("hub.yaml") });
        var scada = site.Connect(await site.EnrolClientAsync("scada"));
        await using (var flow = await scada.DialAsync("historian", 0, TestSite.Cancel))
            await Streams.EchoAsync(flow);
        Assert.Contains("configuration file", (await site.AskAsync(new Admin.RemoveService("historian"))).Error, StringComparison.Ordinal);
        Assert.Contains("configuration file", (await site.AskAsync(new Admin.ChangeEntitlements(false, CallerKind.Group, "operators", ["historian"]))).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_with_the_name_of_a_device_stops_the_start()
    {
        using var folder = new TempFolder();
        var config = folder.File("hub.yaml");
        File.WriteAllText(config, "version: 1");
        await using var site = await TestSite.StartAsync(options => options with { ConfigPath = config });
        await site.EnrolDeviceAsync(await site.EnrolGatewayAsync("line-2"), "plc-7");
        File.WriteAllText(config, "version: 1\nservices:\n  - name: plc-7\n    address: h:1");
        Assert.Contains("plc-7", (await Assert.ThrowsAsync<HubStartException>(() => site.RestartHubAsync())).Message, StringComparison.Ordinal);
    }

    private static HubConfig Parse(string text) => HubConfigReader.Parse(text, "hub.yaml", "plant-3");
}
