using System.Text.Json;
using Gateway.Core.Api;
using Gateway.Core.Discovery;
using Gateway.Core.State;
using Gateway.Corridor.Tests.Fixtures;
using Gateway.Service.Ctl;
using Gateway.Service.Tests.Fixtures;

namespace Gateway.Service.Tests.Ctl;

/// <summary>The operator's command against the real service.</summary>
[Trait("Category", "Slow")]
[Collection(nameof(EnvironmentTests))]
public sealed class CtlTests : IAsyncLifetime
{
    private const string Token = "GATEWAYCTL_TOKEN";

    private TestBox _box = null!;

    public async ValueTask InitializeAsync()
    {
        _box = await TestBox.StartAsync();
        Environment.SetEnvironmentVariable(Token, _box.TokenOf(Role.Engineer));
    }

    public async ValueTask DisposeAsync()
    {
        Environment.SetEnvironmentVariable(Token, null);
        await _box.DisposeAsync();
    }

    [Fact]
    public async Task A_device_is_listed_named_and_approved_and_shown()
    {
        var device = await _box.FindAsync();
        var (code, table, _) = await RunAsync("devices");
        Assert.Equal(0, code);
        var lines = table.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("SOCKET  ID", lines[0], StringComparison.Ordinal);
        Assert.Equal(lines[0].IndexOf("MAC", StringComparison.Ordinal), lines[1].IndexOf(TestBox.Plc, StringComparison.Ordinal));

        // Without --allow nothing is approved, and that is said.
        var offered = await RunAsync("approve", device.Id, "--name", "plc-7", "--label", "line=filler-2");
        Assert.Equal(2, offered.Code);
        Assert.StartsWith("PROPOSAL", offered.Results, StringComparison.Ordinal);
        Assert.Contains("--allow", offered.Notes, StringComparison.Ordinal);
        Assert.Equal(DeviceStateOf("named"), _box.State.Current.Devices[device.Id].State);

        var approved = await RunAsync("approve", "plc-7", "--allow", "suggested", "-o", "json");
        Assert.Equal(0, approved.Code);
        Assert.Equal("protected", JsonDocument.Parse(approved.Results).RootElement.GetProperty("device").GetProperty("state").GetString());
        var shown = await RunAsync("device", "show", "plc-7");
        Assert.Contains("192.168.10.21/24", shown.Results, StringComparison.Ordinal);
        Assert.Contains("line=filler-2", shown.Results, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cut_off_restore_and_retire_say_what_the_device_is_now()
    {
        await _box.ApprovedAsync();
        Assert.Equal((0, "plc-7 is cut-off\n", ""), await RunAsync("cut-off", "plc-7"));
        Assert.Equal((0, "plc-7 is protected\n", ""), await RunAsync("restore", "plc-7"));
        Assert.Equal((0, "plc-7 is retired\n", ""), await RunAsync("retire", "plc-7"));
        var (code, _, notes) = await RunAsync("cut-off", "plc-7");
        Assert.Equal(1, code);
        Assert.Contains("'plc-7'", notes, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_policy_is_shown_checked_applied_explained_and_its_grant_removed()
    {
        await _box.ApprovedAsync();
        var shown = await RunAsync("policy", "show");
        using var folder = new TempFolder();
        var file = folder.File("site.yaml");
        await File.WriteAllTextAsync(file, shown.Results + """

            peers:
              - { name: recorder, link: uplink, address: 10.77.0.6 }
            grants:
              - { name: recorder-reads, from: { peer: recorder }, to: { device: plc-7 }, allow: [ { port: tcp/502 } ] }
            """, TestBox.Cancel);
        var check = await RunAsync("policy", "check", file);
        Assert.True(check.Code == 0, check.Notes + check.Results);
        Assert.Contains("recorder-reads", check.Results, StringComparison.Ordinal);
        var hash = shown.Notes.Trim().Split(' ')[1];
        Assert.Equal(0, (await RunAsync("policy", "apply", file, "--expect", hash)).Code);
        Assert.Equal(1, (await RunAsync("policy", "apply", file, "--expect", hash)).Code);
        var yes = await RunAsync("policy", "explain", "peer recorder", "device plc-7", "tcp/502");
        Assert.Equal(0, yes.Code);
        Assert.StartsWith("allowed", yes.Results, StringComparison.Ordinal);
        Assert.Contains("recorder-reads", (await RunAsync("grants")).Results, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("grant", "remove", "recorder-reads")).Code);
        Assert.Equal(1, (await RunAsync("policy", "explain", "peer recorder", "device plc-7", "tcp/502")).Code);
    }

    [Fact]
    public async Task What_is_wrong_with_a_document_is_told_by_line_field_value_and_cure()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.File("bad.yaml"), Sites.Plain + "\npeers:\n  - { name: recorder, link: uplink, address: 10.77.0 }\n", TestBox.Cancel);
        var check = await RunAsync("policy", "check", folder.File("bad.yaml"));
        Assert.Equal(1, check.Code);
        Assert.Contains("10.77.0", check.Results, StringComparison.Ordinal);
        Assert.StartsWith("LINE", check.Results, StringComparison.Ordinal);
        var apply = await RunAsync("policy", "apply", folder.File("bad.yaml"));
        Assert.Equal(1, apply.Code);
        Assert.Contains("address", apply.Notes, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_shows_field_value_and_cure_and_ends_with_1()
    {
        var device = await _box.FindAsync();
        var (code, results, notes) = await RunAsync("approve", device.Id, "--name", "Plc 7", "--kind", "plc", "--allow", "none");
        Assert.Equal((1, ""), (code, results));
        Assert.Contains("name 'Plc 7'", notes, StringComparison.Ordinal);
        Assert.Contains("lower-case", notes, StringComparison.Ordinal);
        var json = await RunAsync("approve", device.Id, "--name", "Plc 7", "--allow", "none", "-o", "json");
        Assert.Equal("name", JsonSerializer.Deserialize<ProblemView>(json.Notes, ApiCaller.Json)!.Errors![0].Field);
    }

    [Theory]
    [InlineData("dance")]
    [InlineData("device", "show")]
    [InlineData("approve")]
    [InlineData("devices", "-o", "xml")]
    [InlineData("approve", "abc234", "--label", "line")]
    [InlineData("log", "--severity", "loud")]
    [InlineData("log", "-n", "many")]
    [InlineData("policy", "check", "/no/such/file")]
    public async Task Wrong_use_ends_with_2_and_says_what_is_wrong(params string[] words)
    {
        var (code, _, notes) = await RunAsync(words);
        Assert.Equal(2, code);
        Assert.NotEmpty(notes);
    }

    [Fact]
    public async Task Without_a_service_it_ends_with_3_and_names_the_socket()
    {
        var (code, _, notes) = await RunOnAsync("/no/such/api.sock", "status");
        Assert.Equal(3, code);
        Assert.Contains("/no/such/api.sock", notes, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_right_session_it_says_how_to_get_one()
    {
        Environment.SetEnvironmentVariable(Token, "0000");
        var (code, _, notes) = await RunAsync("status");
        Assert.Equal(1, code);
        Assert.Contains(Token, notes, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_and_log_tell_the_state_and_what_happened()
    {
        await _box.ApprovedAsync();
        await _box.LoggedAsync("device-approved");
        var status = await RunAsync("status");
        Assert.Contains("dataplane  running", status.Results, StringComparison.Ordinal);
        var log = await RunAsync("log", "--device", "plc-7", "-n", "5");
        Assert.Contains("device-approved", log.Results, StringComparison.Ordinal);
        // Newest last, as people read a terminal.
        var numbers = log.Results.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(l => int.Parse(l.Split(' ')[0], null)).ToList();
        Assert.Equal(numbers.Order(), numbers);
        Assert.True(JsonDocument.Parse((await RunAsync("log", "-o", "json")).Results).RootElement.GetProperty("entries").GetArrayLength() > 0);
    }

    [Fact]
    public async Task Events_are_followed_over_a_restart_of_the_service_without_a_gap()
    {
        using var stop = new CancellationTokenSource();
        var results = new Heard();
        var following = CtlCommand.RunAsync(["--api", _box.Socket, "events", "--follow", "--after", "0", "-o", "json"], results, TextWriter.Null, stop.Token);
        var device = await _box.FindAsync();
        await SeenAsync("device-found");
        await _box.StopServiceAsync();
        await _box.StartServiceAsync();
        Environment.SetEnvironmentVariable(Token, _box.TokenOf(Role.Engineer));
        await _box.NameAsync(device.Id);
        await _box.LoggedAsync("device-named");
        await stop.CancelAsync();
        Assert.InRange(await following, 0, 1);

        // The session of the first process ended with it; a new command goes on where the old one stood.
        var lines = Lines();
        using var again = new CancellationTokenSource();
        var next = CtlCommand.RunAsync(["--api", _box.Socket, "events", "--follow", "--after", $"{lines[^1]}", "-o", "json"], results, TextWriter.Null, again.Token);
        await SeenAsync("device-named");
        await again.CancelAsync();
        Assert.Equal(0, await next);
        Assert.Equal(Enumerable.Range(1, Lines().Count), Lines());

        async Task SeenAsync(string kind) => await Eventually.TrueAsync(() => results.Texts.Any(t => t.Contains(kind, StringComparison.Ordinal)), $"{kind} is told");
        List<int> Lines() => [.. results.Texts.Select(l => JsonDocument.Parse(l).RootElement.GetProperty("sequence").GetInt32())];
    }

    [Fact]
    public async Task What_a_device_says_of_itself_cannot_steer_the_terminal()
    {
        var device = await _box.FindAsync();
        await _box.Dataplane.SeeAsync("socket-1", TestBox.Plc, EvidenceAttribute.HostName, "a\u001b[2Jb");
        await Eventually.TrueAsync(async () => (await _box.Api.GetAsync<DeviceDetail>($"devices/{device.Id}")).Evidence.Any(e => e.Attribute == "host-name"), "it is seen");
        var shown = await RunAsync("device", "show", device.Id);
        Assert.Contains("[2Jb", shown.Results, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', shown.Results);
        Assert.DoesNotContain('\u001b', (await RunAsync("device", "show", device.Id, "-o", "json")).Results);
    }

    [Fact]
    public async Task Help_is_there_for_every_command_and_says_what_it_does()
    {
        var root = (await RunOnAsync(null, "--help")).Results;
        foreach (var command in CtlCommand.Build().Subcommands)
        {
            Assert.Contains(command.Name, root, StringComparison.Ordinal);
            var help = await RunOnAsync(null, command.Name, "--help");
            Assert.Equal(0, help.Code);
            Assert.Contains(command.Description!, help.Results.ReplaceLineEndings(" "), StringComparison.Ordinal);
            Assert.True(command.Options.All(o => o.Description is { Length: > 5 }) && command.Arguments.All(a => a.Description is { Length: > 5 }), command.Name);
        }
        Assert.Contains("3 the service does not answer", root, StringComparison.Ordinal);
    }

    private static Core.Devices.DeviceState DeviceStateOf(string word) => Enum.Parse<Core.Devices.DeviceState>(word, ignoreCase: true);

    private Task<(int Code, string Results, string Notes)> RunAsync(params string[] words) => RunOnAsync(_box.Socket, words);

    private static async Task<(int Code, string Results, string Notes)> RunOnAsync(string? socket, params string[] words)
    {
        var results = new StringWriter();
        var notes = new StringWriter();
        var code = await CtlCommand.RunAsync(socket is null ? words : ["--api", socket, .. words], results, notes, TestBox.Cancel);
        return (code, results.ToString(), notes.ToString());
    }

    /// <summary>What a command that goes on has written so far.</summary>
    private sealed class Heard : StringWriter
    {
        public System.Collections.Concurrent.ConcurrentQueue<string> Texts { get; } = [];

        public override void Write(string? value) => Texts.Enqueue(value ?? "");
    }
}
