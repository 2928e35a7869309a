using Gateway.Core.Api;
using Gateway.Corridor.Tests.Fixtures;
using Gateway.Service.Tests.Fixtures;

namespace Gateway.Service.Tests.Hosting;

/// <summary>What a killed service finds again.</summary>
[Trait("Category", "Slow")]
public sealed class RestartTests : IAsyncLifetime
{
    private TestBox _box = null!;

    public async ValueTask InitializeAsync() => _box = await TestBox.StartAsync();

    public ValueTask DisposeAsync() => _box.DisposeAsync();

    [Fact]
    public async Task After_a_kill_every_acknowledged_decision_is_there_and_the_policy_in_force_is_not_touched()
    {
        var device = await _box.ApprovedAsync();
        var before = await _box.Api.GetAsync<DeviceDetail>($"devices/{device.Id}");
        var (installed, hash) = (_box.Dataplane.Installed, _box.Dataplane.Hash);
        await _box.KillServiceAsync();
        await _box.StartServiceAsync();
        var after = await _box.Api.GetAsync<DeviceDetail>($"devices/{device.Id}");
        Assert.Equal((before.Device.State, before.Device.Name, before.Binding), (after.Device.State, after.Device.Name, after.Binding));
        await Eventually.TrueAsync(async () => (await _box.Api.GetAsync<StatusView>("status")).PolicyHash == hash, "the policy in force is known");
        Assert.Equal(installed, _box.Dataplane.Installed);
    }

    [Fact]
    public async Task A_restart_signs_everybody_out()
    {
        var token = _box.TokenOf(Core.State.Role.Engineer);
        await _box.StopServiceAsync();
        await _box.StartServiceAsync();
        using var old = new ApiCaller(_box.Socket, token);
        Assert.Equal(401, (await old.GetAsync("box")).Problem().Status);
    }

    [Fact]
    public async Task The_site_file_is_taken_over_once()
    {
        await _box.StopServiceAsync();
        await File.AppendAllTextAsync(_box.SiteFile, """

            peers:
              - { name: late, link: uplink, address: 10.77.0.9 }
            """, TestBox.Cancel);
        await _box.StartServiceAsync();
        Assert.DoesNotContain("late", (await _box.Api.GetAsync("policy")).Text, StringComparison.Ordinal);
        Assert.Single(await _box.LogAsync("site-imported"));
    }

    [Fact]
    public async Task A_view_that_was_deleted_is_made_again_from_the_journal()
    {
        await _box.ApprovedAsync();
        await _box.LoggedAsync("device-approved");
        var before = (await _box.Api.GetAsync<LogPage>("log?limit=200")).Entries;
        await _box.StopServiceAsync();
        Directory.Delete(Path.Combine(_box.StateFolder, "view"), recursive: true);
        await _box.StartServiceAsync();
        await _box.LoggedAsync("device-approved");
        var after = (await _box.Api.GetAsync<LogPage>("log?limit=200")).Entries;
        Assert.Equal(before.Select(e => (e.Sequence, e.Kind)), after.Where(e => e.Sequence <= before[0].Sequence).Select(e => (e.Sequence, e.Kind)));
    }

    [Fact]
    public async Task A_view_of_rubbish_is_set_aside()
    {
        await _box.ApprovedAsync();
        await _box.StopServiceAsync();
        await File.WriteAllBytesAsync(Path.Combine(_box.StateFolder, "view", "view.db"), new byte[8192], TestBox.Cancel);
        await _box.StartServiceAsync();
        await _box.LoggedAsync("device-approved");
    }

    [Fact]
    public async Task A_journal_that_was_changed_by_hand_is_not_taken_for_good()
    {
        await _box.ApprovedAsync();
        await _box.StopServiceAsync();
        var segment = Directory.GetFiles(Path.Combine(_box.StateFolder, "state"), "*.segment")[0];
        var bytes = await File.ReadAllBytesAsync(segment, TestBox.Cancel);
        bytes[200] ^= 1;
        await File.WriteAllBytesAsync(segment, bytes, TestBox.Cancel);
        await Assert.ThrowsAsync<Core.Store.JournalDamagedException>(_box.StartServiceAsync);
    }

    [Fact]
    public async Task A_second_service_on_the_same_state_does_not_start()
    {
        var read = Core.Policy.SiteReader.ReadFile(_box.SiteFile);
        var options = _box.Options() with { ApiSocket = _box.Socket + "2" };
        await Assert.ThrowsAsync<Core.Store.JournalLockedException>(() => Service.Hosting.RunningService.OpenAsync(options, read.Document!, Service.Hosting.ServiceParts.Default));
        Assert.Equal(200, (int)(await _box.Api.GetAsync("box")).Status);
    }
}
