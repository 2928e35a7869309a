using Gateway.Core.Api;
using Gateway.Core.Control;
using Gateway.Core.Identity;
using Gateway.Corridor.Client;
using Gateway.Corridor.State;
using Gateway.Corridor.Tests.Fixtures;
using Gateway.Service.Tests.Fixtures;

namespace Gateway.Service.Tests.Fabrics;

/// <summary>An approved device gets an identity of its own and appears in the fabric; what blocks it takes it out again.</summary>
[Trait("Category", "Slow")]
public sealed class EnrolmentTests : IAsyncLifetime
{
    private FabricBox _fabric = null!;

    private TestBox Box => _fabric.Box;

    public async ValueTask InitializeAsync() => _fabric = await FabricBox.StartAsync();

    public ValueTask DisposeAsync() => _fabric.DisposeAsync();

    [Fact]
    public async Task Approved_a_device_asks_for_its_identity_by_request_and_its_connector_comes_up()
    {
        var device = await _fabric.UpAsync();
        var identity = (await Box.Api.GetAsync<DeviceDetail>($"devices/{device.Id}")).Identity!;
        Assert.Equal("spiffe://plant-3/ot/gw-1/plc-7", identity.SpiffeId);
        Assert.Equal(64, identity.Fingerprint.Length);
        var issued = await Box.LogAsync("identity-issued");
        Assert.Equal(identity.SpiffeId, Assert.Single(issued).Values["spiffeId"]);
        Assert.True((await Box.LogAsync("identity-requested"))[0].Sequence < issued[0].Sequence);
        await Box.LoggedAsync("connector-up");
        Assert.Equal(identity.Fingerprint, Box.State.Current.Identities[device.Id].Fingerprint);
        // The key is nowhere but in the device's own folder, and only its owner reads it.
        var keys = Directory.GetFiles(Path.Combine(Box.StateFolder, "fabrics", "corridor", "devices", device.Id))
            .Where(f => File.ReadAllText(f).Contains("PRIVATE KEY", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(keys);
        Assert.All(keys, k => Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(k) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)));
    }

    [Fact]
    public async Task Before_the_approval_there_is_no_key_and_no_request()
    {
        await _fabric.FabricAsync("connected");
        var device = await Box.FindAsync();
        await Box.NameAsync(device.Id);
        Assert.Null((await Box.Api.GetAsync<DeviceDetail>($"devices/{device.Id}")).Identity);
        Assert.False(Directory.Exists(Path.Combine(Box.StateFolder, "fabrics", "corridor", "devices", device.Id)));
        Assert.Empty(await Box.LogAsync("identity-requested"));
    }

    [Fact]
    public async Task What_the_fabric_already_allows_is_proposed_and_suggested_and_nothing_is_taken_by_itself()
    {
        await _fabric.Site.EntitleAsync(CallerKind.Group, "scada", "plc-7:502");
        await Eventually.TrueAsync(async () =>
        {
            if (!Box.Get<Service.Fabrics.FabricSet>().DirectoryOf("corridor").Entitlements.Any())
                await Task.Delay(200, TestBox.Cancel);
            return Box.Get<Service.Fabrics.FabricSet>().DirectoryOf("corridor").Entitlements.Any();
        }, "the directory tells of it");
        var device = await Box.FindAsync();
        await Box.NameAsync(device.Id);
        var proposals = await Box.Api.GetAsync<ProposalView[]>($"devices/{device.Id}/proposals");
        var read = Assert.Single(proposals, p => p.Suggested);
        Assert.Equal(("scada", "tcp/502", "fabric-allows"), (read.From, read.Port, read.Reason));
        Assert.Empty(await Box.Api.GetAsync<GrantView[]>("grants"));
        await Box.Api.PostAsync<DeviceDetail>($"devices/{device.Id}/approve", new ApproveRequest("192.168.10.21/24", null, "corridor", [read.Id]));
        Assert.Equal([read.Id], (await Box.Api.GetAsync<GrantView[]>("grants")).Select(g => g.Name));
        Assert.Contains(Box.Dataplane.Policy!.Callers, c => c.Group == "scada");
    }

    [Fact]
    public async Task Whom_the_fabric_refuses_is_offered_to_read_only_and_not_suggested()
    {
        await _fabric.Site.EntitleAsync(CallerKind.Group, "scada", "plc-7:502");
        await _fabric.Site.EnrolClientAsync("office-1", "office");
        await Eventually.TrueAsync(
            () => Box.Get<Service.Fabrics.FabricSet>().DirectoryOf("corridor") is { Entitlements.Count: > 0, Groups: var groups } && groups.Contains("office"), "the directory tells of both");
        var device = await Box.FindAsync();
        await Box.NameAsync(device.Id);
        var proposals = await Box.Api.GetAsync<ProposalView[]>($"devices/{device.Id}/proposals");
        var office = Assert.Single(proposals, p => p.From == "office");
        Assert.Equal((ProposalPurposes.ModbusRead, false, ProposalReasons.FabricRefuses), (office.What, office.Suggested, office.Reason));
        Assert.Equal([ProposalPurposes.ModbusRead, ProposalPurposes.ModbusOperate], proposals.Where(p => p.From == "scada").Select(p => p.What));
        Assert.All(proposals, p => Assert.True(ProposalReasons.All.Contains(p.Reason) && ProposalPurposes.All.Contains(p.What), $"{p}"));
    }

    [Fact]
    public async Task A_caller_no_grant_names_is_refused_by_name_before_the_dataplane_is_asked()
    {
        await _fabric.UpAsync();
        await _fabric.Site.EntitleAsync(CallerKind.Client, "stranger", "plc-7:502");
        var stranger = _fabric.Site.Connect(await _fabric.Site.EnrolClientAsync("stranger"));
        var refusal = await Assert.ThrowsAsync<CorridorRefusedException>(() => stranger.DialAsync("plc-7", 502, TestBox.Cancel));
        Assert.Contains("stranger", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(Box.Dataplane.Intents);
    }

    [Fact]
    public async Task A_changed_device_is_suspended_and_comes_up_again_when_confirmed()
    {
        var device = await _fabric.UpAsync();
        await Box.Dataplane.BindingAsync(device.Id, BindingState.ForeignMac, TestBox.OtherMac);
        await _fabric.ConnectorAsync(device.Id, "suspended");
        await Eventually.TrueAsync(() => _fabric.Site.Hub.Doors.CountOf(Id) == 0, "no door is open");
        await Box.LoggedAsync("identity-suspended");
        await Box.Api.PostAsync<DeviceDetail>($"devices/{device.Id}/confirm", new ConfirmRequest(TestBox.Plc, "192.168.10.21/24"));
        await _fabric.ConnectorAsync(device.Id, "up");
        Assert.Single(await Box.LogAsync("identity-issued"));
    }

    [Fact]
    public async Task Cut_off_and_restored_many_times_it_ends_as_decided_last()
    {
        var device = await _fabric.UpAsync();
        for (var i = 0; i < 5; i++)
        {
            await Box.Api.PostAsync<DeviceDetail>($"devices/{device.Id}/cut-off", null);
            await Box.Api.PostAsync<DeviceDetail>($"devices/{device.Id}/restore", null);
        }
        await Box.Api.PostAsync<DeviceDetail>($"devices/{device.Id}/cut-off", null);
        await _fabric.ConnectorAsync(device.Id, "suspended");
        await Eventually.TrueAsync(() => _fabric.Site.Hub.Doors.CountOf(Id) == 0, "no door is open");
    }

    [Fact]
    public async Task A_retired_device_loses_its_key()
    {
        var device = await _fabric.UpAsync();
        await Box.Api.PostAsync<DeviceDetail>($"devices/{device.Id}/retire", null);
        await Box.LoggedAsync("identity-destroyed");
        var folder = Path.Combine(Box.StateFolder, "fabrics", "corridor", "devices", device.Id);
        Assert.True(!Directory.Exists(folder) || Directory.GetFiles(folder).All(f => !File.ReadAllText(f).Contains("PRIVATE KEY", StringComparison.Ordinal)));
        Assert.Empty(Box.State.Current.Identities);
    }

    [Fact]
    public async Task After_a_kill_the_identity_is_the_same_and_the_connector_comes_up_without_a_new_request()
    {
        var device = await _fabric.UpAsync();
        var before = Box.State.Current.Identities[device.Id].Fingerprint;
        await Box.KillServiceAsync();
        await Box.StartServiceAsync();
        await _fabric.ConnectorAsync(device.Id, "up");
        Assert.Equal(before, Box.State.Current.Identities[device.Id].Fingerprint);
        Assert.Single(await Box.LogAsync("identity-requested"));
    }

    [Fact]
    public async Task With_the_hub_away_local_decisions_go_on_and_the_connector_comes_back_by_itself()
    {
        var device = await _fabric.UpAsync();
        var restart = _fabric.Site.RestartHubAsync(TimeSpan.FromSeconds(3));
        await _fabric.ConnectorAsync(device.Id, "connecting");
        await Box.LoggedAsync("connector-down");
        Assert.Equal("protected", (await Box.Api.GetAsync<DeviceDetail>($"devices/{device.Id}")).Device.State);
        var second = await Box.FindAsync(TestBox.OtherMac, "10.5.0.9", "socket-2");
        await Box.NameAsync(second.Id, "plc-8");
        await Box.Api.PostAsync<DeviceDetail>($"devices/{second.Id}/approve", new ApproveRequest("10.5.0.9/24", null, "corridor", []));
        await restart;
        await _fabric.ConnectorAsync(device.Id, "up");
        await _fabric.ConnectorAsync(second.Id, "up");
        // Many failed tries are one line in the log, not one each.
        Assert.InRange((await Box.LogAsync("identity-refused")).Length, 0, 4);
    }

    private static SpiffeId Id => SpiffeId.ForDevice(TestSite.Name, "gw-1", "plc-7");
}
