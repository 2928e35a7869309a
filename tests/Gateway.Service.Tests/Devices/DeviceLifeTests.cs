using System.Net;
using Gateway.Core.Api;
using Gateway.Core.Control;
using Gateway.Core.Discovery;
using Gateway.Core.Policy;
using Gateway.Service.Devices;
using Gateway.Corridor.Tests.Fixtures;
using Gateway.Service.Tests.Fixtures;

namespace Gateway.Service.Tests.Devices;

/// <summary>From an unknown socket to a protected device, and what breaks it.</summary>
public sealed class DeviceLifeTests : IAsyncLifetime
{
    private TestBox _box = null!;

    public async ValueTask InitializeAsync() => _box = await TestBox.StartAsync();

    public ValueTask DisposeAsync() => _box.DisposeAsync();

    [Fact]
    public async Task A_device_that_shows_itself_is_found_held_in_quarantine_and_named_in_the_log()
    {
        var device = await _box.FindAsync();
        Assert.Equal(("new", 1, "192.168.10.21"), (device.State, device.Socket, device.Address));
        await Eventually.TrueAsync(() => _box.Dataplane.Policy?.Devices is [{ Enforcement: Enforcement.Quarantine }], "it is held in quarantine");
        var line = Assert.Single(await _box.LogAsync("device-found"));
        Assert.Equal((device.Id, "gateway", TestBox.Plc, "1"), (line.DeviceId, line.Actor, line.Values["mac"], line.Values["socket"]));
    }

    [Fact]
    public async Task Approved_it_is_enforced_when_the_answer_comes_and_who_did_it_is_kept()
    {
        var device = await _box.ApprovedAsync();
        Assert.Equal("protected", device.State);
        var compiled = Assert.Single(_box.Dataplane.Policy!.Devices);
        Assert.Equal((Enforcement.Enforce, "plc-7"), (compiled.Enforcement, compiled.Name));
        var detail = await _box.Api.GetAsync<DeviceDetail>($"devices/{device.Id}");
        Assert.Equal(("engineer", "192.168.10.1"), (detail.Binding!.ApprovedBy, detail.Binding.GatewayAddress));
        Assert.Equal("filler-2", detail.Labels["line"]);
        Assert.Equal("engineer", Assert.Single(await _box.LogAsync("device-approved")).Actor);
    }

    [Fact]
    public async Task Without_a_name_nothing_is_approved()
    {
        var device = await _box.FindAsync();
        var answer = await _box.Api.PostAsync($"devices/{device.Id}/approve", new ApproveRequest("192.168.10.21/24", null, null, null));
        Assert.Equal(409, answer.Problem().Status);
    }

    [Fact]
    public async Task Two_devices_never_have_one_name_and_one_socket_protects_one()
    {
        await _box.ApprovedAsync();
        var second = await _box.FindAsync(TestBox.OtherMac, "192.168.10.30");
        (await _box.Api.PutAsync($"devices/{second.Id}/name", new NameRequest("plc-7", "plc", null, null, null, null))).Names(422, "name", "plc-7");
        await _box.NameAsync(second.Id, "plc-8");
        var refused = (await _box.Api.PostAsync($"devices/{second.Id}/approve", new ApproveRequest("192.168.10.30/24", null, null, null))).Problem();
        Assert.Equal(409, refused.Status);
        Assert.Contains("plc-7", refused.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_device_on_the_socket_blocks_it_until_a_person_decides()
    {
        var device = await _box.ApprovedAsync();
        await _box.Dataplane.BindingAsync(device.Id, BindingState.ForeignMac, TestBox.OtherMac);
        await StateAsync(device.Id, "changed");
        await Eventually.TrueAsync(() => _box.Dataplane.Policy!.Devices[0].Enforcement == Enforcement.CutOff, "the policy blocks it too");
        var alarm = Assert.Single(await _box.LogAsync("device-changed"));
        Assert.Equal(("alarm", TestBox.OtherMac), (alarm.Severity, alarm.Values["seenMac"]));
        Assert.Contains((await _box.Api.GetAsync<BoxView>("box")).Needs, n => n.What == "changed-device" && n.DeviceId == device.Id);

        (await _box.Api.PostAsync($"devices/{device.Id}/confirm", new ConfirmRequest("new board", "192.168.10.21/24"))).Names(422, "mac", "new board");
        var confirmed = await _box.Api.PostAsync<DeviceDetail>($"devices/{device.Id}/confirm", new ConfirmRequest(TestBox.OtherMac, "192.168.10.21/24"));
        Assert.Equal(("protected", TestBox.OtherMac), (confirmed.Device.State, confirmed.Binding!.Mac));
        Assert.Contains(device.Id, _box.Dataplane.Verified);
    }

    [Fact]
    public async Task What_speaks_in_its_place_is_shown_with_its_address_once_that_is_heard()
    {
        var device = await _box.ApprovedAsync();
        await _box.Dataplane.BindingAsync(device.Id, BindingState.ForeignMac, TestBox.OtherMac);
        await StateAsync(device.Id, "changed");
        Assert.Equal("", (await _box.Api.GetAsync<DeviceDetail>($"devices/{device.Id}")).Break!.Address);
        var stranger = await _box.FindAsync(TestBox.OtherMac, "192.168.10.66");
        var seen = (await _box.Api.GetAsync<DeviceDetail>($"devices/{device.Id}")).Break!;
        Assert.Equal((TestBox.OtherMac, "192.168.10.66", stranger.Id), (seen.Mac, seen.Address, seen.NewDeviceId));
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task A_binding_that_broke_while_the_service_was_away_is_noticed_from_the_first_status()
    {
        var device = await _box.ApprovedAsync();
        await _box.StopServiceAsync();
        _box.Dataplane.Bindings[device.Id] = BindingState.ForeignMac;
        await _box.StartServiceAsync();
        Assert.Equal("protected", (await _box.Api.GetAsync<DeviceDetail>($"devices/{device.Id}")).Device.State);
        await _box.Dataplane.StatusAsync();
        await StateAsync(device.Id, "changed");
    }

    [Fact]
    public async Task A_stale_status_does_not_undo_what_a_person_confirmed()
    {
        var device = await _box.ApprovedAsync();
        await _box.Dataplane.StatusAsync();
        await _box.Dataplane.BindingAsync(device.Id, BindingState.AddressChanged, address: "192.168.10.99");
        await StateAsync(device.Id, "changed");
        await _box.Api.PostAsync<DeviceDetail>($"devices/{device.Id}/confirm", new ConfirmRequest(TestBox.Plc, "192.168.10.99/24"));
        _box.Dataplane.Bindings[device.Id] = BindingState.AddressChanged;
        await _box.Dataplane.StatusAsync();
        await Eventually.TrueAsync(() => _box.Get<DeviceWatch>().BindingOf(device.Id) == BindingState.AddressChanged, "the status is taken");
        Assert.Equal("protected", (await _box.Api.GetAsync<DeviceDetail>($"devices/{device.Id}")).Device.State);
    }

    [Fact]
    public async Task A_poor_isolation_is_graded_and_told_and_so_is_its_end()
    {
        var device = await _box.ApprovedAsync();
        _box.Dataplane.Bindings[device.Id] = BindingState.Verified;
        Assert.Equal("unknown", (await _box.Api.GetAsync<DeviceDetail>($"devices/{device.Id}")).Isolation.Grade);
        await GradeAsync(device.Id, IsolationFacts.None with { TestedAgo = 1 }, "A");
        await GradeAsync(device.Id, IsolationFacts.None with { TestedAgo = 1, OthersAgo = 2 }, "D");
        await GradeAsync(device.Id, IsolationFacts.None with { TestedAgo = 1 }, "A");
        await Eventually.TrueAsync(
            async () => (await _box.Api.GetAsync<LogPage>("log?kind=isolation-grade")).Entries.Select(e => $"{e.Severity} {e.Values["grade"]}").SequenceEqual(["notice A", "alarm D"]),
            "the log tells both");
    }

    private async Task GradeAsync(string device, IsolationFacts facts, string grade)
    {
        _box.Dataplane.Isolation = facts;
        await _box.Dataplane.StatusAsync();
        await Eventually.TrueAsync(async () => (await _box.Api.GetAsync<DeviceDetail>($"devices/{device}")).Isolation.Grade == grade, $"grade {grade}");
    }

    [Fact]
    public async Task Cut_off_restored_and_retired_each_stands_in_the_policy_when_the_answer_comes()
    {
        var device = await _box.ApprovedAsync();
        Assert.Equal("cut-off", await StepAsync(device.Id, "cut-off"));
        Assert.Equal(Enforcement.CutOff, _box.Dataplane.Policy!.Devices[0].Enforcement);
        Assert.Equal(409, (await _box.Api.PostAsync($"devices/{device.Id}/cut-off", null)).Problem().Status);
        Assert.Equal("protected", await StepAsync(device.Id, "restore"));
        Assert.Equal(Enforcement.Enforce, _box.Dataplane.Policy.Devices[0].Enforcement);
        Assert.Equal("retired", await StepAsync(device.Id, "retire"));
        Assert.Empty(_box.Dataplane.Policy.Devices);
        Assert.Equal(404, (await _box.Api.PostAsync($"devices/{device.Id}/restore", null)).Problem().Status);
    }

    [Fact]
    public async Task A_flood_of_made_up_addresses_makes_eight_devices_and_no_more()
    {
        for (var i = 0; i < 60; i++)
            await _box.Dataplane.SeeAsync("socket-2", $"02:00:00:00:00:{i:x2}", "10.0.0.1");
        await _box.FindAsync();
        var devices = await _box.Api.GetAsync<DeviceView[]>("devices");
        Assert.Equal(DeviceDiscovery.MaxUnnamedPerLink, devices.Count(d => d.Socket == 2));
    }

    [Fact]
    public async Task What_the_uplink_shows_makes_no_device()
    {
        await _box.Dataplane.SeeAsync("uplink", TestBox.OtherMac, "10.77.0.5");
        await _box.FindAsync();
        Assert.Single(await _box.Api.GetAsync<DeviceView[]>("devices"));
    }

    [Fact]
    public async Task A_device_that_cannot_be_asked_is_not_asked_and_that_is_said()
    {
        await _box.Dataplane.SeeAsync("socket-2", TestBox.OtherMac, EvidenceAttribute.HostName, "hmi");
        DeviceView? device = null;
        await Eventually.TrueAsync(async () => (device = (await _box.Api.GetAsync<DeviceView[]>("devices")).FirstOrDefault()) is not null, "it is found");
        Assert.Equal(409, (await _box.Api.PostAsync($"devices/{device!.Id}/identify", null)).Problem().Status);
        Assert.Empty(_box.Dataplane.Intents);
    }

    [Fact]
    public async Task Refused_flows_and_operations_stand_in_the_log_with_exact_counts()
    {
        var device = await _box.ApprovedAsync();
        var at = DateTimeOffset.UtcNow;
        await _box.Dataplane.TellAsync(new FlowRecord(at, FlowEvent.Refused, DropReason.NoGrant, "uplink", "", device.Id, "", 6, default, 4711, default, 502, 0, 0, 17));
        await _box.Dataplane.TellAsync(new Suppressed(at, 12_345, 6));
        await _box.LoggedAsync("flow-refused");
        await _box.LoggedAsync("records-suppressed");
        var refused = Assert.Single(await _box.LogAsync("flow-refused"));
        Assert.Equal(("plc-7", "tcp/502", "17", "NoGrant"), (refused.Values["to"], refused.Values["port"], refused.Values["count"], refused.Values["reason"]));
        var suppressed = Assert.Single(await _box.LogAsync("records-suppressed"));
        Assert.Equal(("12345", "6"), (suppressed.Values["count"], suppressed.Values["observations"]));
    }

    [Fact]
    public async Task Bytes_that_are_no_message_cost_the_connection_and_nothing_else()
    {
        var device = await _box.ApprovedAsync();
        await _box.Dataplane.SendRawAsync([0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0]);
        await _box.Dataplane.SeeAsync("socket-2", TestBox.OtherMac, "10.0.0.9").ContinueWith(_ => { }, TestBox.Cancel);
        await Eventually.TrueAsync(async () => (await _box.Api.GetAsync<StatusView>("status")).Dataplane == "running" && _box.Dataplane.HasService, "connected again");
        Assert.Equal("protected", (await _box.Api.GetAsync<DeviceDetail>($"devices/{device.Id}")).Device.State);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task A_policy_the_dataplane_refuses_is_an_alarm_and_is_offered_again()
    {
        _box.Dataplane.RefusePolicies = "out of slots";
        var device = await _box.FindAsync();
        await _box.LoggedAsync("policy-refused");
        Assert.Equal("out of slots", (await _box.LogAsync("policy-refused"))[0].Values["reason"]);
        _box.Dataplane.RefusePolicies = null;
        await Eventually.TrueAsync(() => _box.Dataplane.Policy?.Devices.Any(d => d.Id == device.Id) == true, "it is taken");
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task A_dataplane_that_went_away_gets_the_policy_when_it_is_back()
    {
        await _box.Dataplane.GoAwayAsync();
        await Eventually.TrueAsync(async () => (await _box.Api.GetAsync<StatusView>("status")).Dataplane == "absent", "it is away");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await _box.Api.GetAsync("/readyz")).Status);
        Assert.Equal(HttpStatusCode.OK, (await _box.Api.GetAsync("/healthz")).Status);
        _box.Dataplane.ComeBack();
        await Eventually.TrueAsync(() => _box.Dataplane.HasService, "it is back");
        await _box.FindAsync();
        await Eventually.TrueAsync(() => _box.Dataplane.Policy?.Devices.Length == 1, "it has the policy");
    }

    private Task StateAsync(string id, string state) =>
        Eventually.TrueAsync(async () => (await _box.Api.GetAsync<DeviceDetail>($"devices/{id}")).Device.State == state, $"it is {state}");

    private async Task<string> StepAsync(string id, string step) => (await _box.Api.PostAsync<DeviceDetail>($"devices/{id}/{step}", null)).Device.State;
}
