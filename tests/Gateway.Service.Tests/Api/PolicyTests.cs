using System.Net;
using Gateway.Core.Api;
using Gateway.Service.Tests.Fixtures;

namespace Gateway.Service.Tests.Api;

/// <summary>The policy as a document, and grants one by one.</summary>
public sealed class PolicyTests : IAsyncLifetime
{
    private TestBox _box = null!;

    public async ValueTask InitializeAsync()
    {
        _box = await TestBox.StartAsync();
        await _box.ApprovedAsync();
    }

    public ValueTask DisposeAsync() => _box.DisposeAsync();

    [Fact]
    public async Task An_exported_document_with_a_grant_more_is_in_force_when_the_answer_comes()
    {
        var (document, _) = await ExportAsync();
        var result = await _box.Api.PutAsync<PolicyResult>("policy", new PolicyRequest(WithGrant(document)));
        Assert.True(result.Valid);
        Assert.Contains(result.Changes, c => c.Contains("recorder-reads", StringComparison.Ordinal));
        Assert.Contains(_box.Dataplane.Policy!.Grants, g => g.Name == "recorder-reads");
        Assert.Single(await _box.LogAsync("policy-applied"));
        Assert.Single(await _box.Api.GetAsync<GrantView[]>("grants"));
    }

    [Fact]
    public async Task Checking_changes_nothing_and_says_what_would_change()
    {
        var (document, hash) = await ExportAsync();
        var result = await _box.Api.PostAsync<PolicyResult>("policy/check", new PolicyRequest(WithGrant(document)));
        Assert.True(result.Valid);
        Assert.NotEmpty(result.Changes);
        Assert.NotEqual(hash, result.Hash);
        Assert.Equal(hash, (await ExportAsync()).Hash);
    }

    [Fact]
    public async Task A_document_made_from_an_older_policy_is_refused_with_412()
    {
        var (document, hash) = await ExportAsync();
        var first = await _box.Api.SendAsync(HttpMethod.Put, "policy", new PolicyRequest(WithGrant(document)), $"\"{hash}\"");
        Assert.Equal(HttpStatusCode.OK, first.Status);
        var second = await _box.Api.SendAsync(HttpMethod.Put, "policy", new PolicyRequest(document), $"\"{hash}\"");
        Assert.Equal(412, second.Problem().Status);
        Assert.Single(await _box.Api.GetAsync<GrantView[]>("grants"));
    }

    [Fact]
    public async Task A_wrong_document_is_refused_with_line_field_value_and_cure_and_nothing_changes()
    {
        var (document, hash) = await ExportAsync();
        var answer = await _box.Api.PutAsync("policy", new PolicyRequest(WithGrant(document).Replace("tcp/502", "tcp/70000", StringComparison.Ordinal)));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.Status);
        var error = Assert.Single(answer.As<PolicyResult>().Errors);
        Assert.True(error.Line > 1);
        Assert.Contains("port", error.Field, StringComparison.Ordinal);
        Assert.Contains("70000", error.Value, StringComparison.Ordinal);
        Assert.Equal(hash, (await ExportAsync()).Hash);
    }

    [Fact]
    public async Task A_document_approves_no_device()
    {
        var (document, _) = await ExportAsync();
        var stranger = document.Replace("name: plc-7", "name: plc-9", StringComparison.Ordinal);
        Assert.NotEqual(document, stranger);
        var result = (await _box.Api.PutAsync("policy", new PolicyRequest(stranger))).As<PolicyResult>();
        Assert.Contains(result.Errors, e => e.Value == "plc-9" && e.Message.Contains("not approved", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_removed_grant_is_out_of_force_when_the_answer_comes()
    {
        var (document, _) = await ExportAsync();
        await _box.Api.PutAsync<PolicyResult>("policy", new PolicyRequest(WithGrant(document)));
        Assert.Equal(HttpStatusCode.NoContent, (await _box.Api.SendAsync(HttpMethod.Delete, "grants/recorder-reads")).Status);
        Assert.Empty(_box.Dataplane.Policy!.Grants);
        Assert.Equal(404, (await _box.Api.SendAsync(HttpMethod.Delete, "grants/recorder-reads")).Problem().Status);
        Assert.Single(await _box.LogAsync("grant-removed"));
    }

    [Fact]
    public async Task What_would_be_allowed_is_explained_with_its_grant()
    {
        var (document, _) = await ExportAsync();
        await _box.Api.PutAsync<PolicyResult>("policy", new PolicyRequest(WithGrant(document)));
        var yes = await _box.Api.PostAsync<ExplainView>("policy/explain", new ExplainRequest("peer recorder", "device plc-7", "tcp/502", "modbus 3|0-9"));
        Assert.True(yes.Allowed, yes.Reason);
        Assert.Equal("recorder-reads", yes.Grant);
        var no = await _box.Api.PostAsync<ExplainView>("policy/explain", new ExplainRequest("peer recorder", "device plc-7", "tcp/502", "modbus 6|0"));
        Assert.False(no.Allowed, no.Reason);
    }

    private async Task<(string Document, string Hash)> ExportAsync()
    {
        var answer = await _box.Api.GetAsync("policy");
        Assert.Equal("text/yaml", answer.MediaType);
        return (answer.Text, answer.Headers.ETag!.Tag.Trim('"'));
    }

    private static string WithGrant(string document) => document + """

        peers:
          - { name: recorder, link: uplink, address: 10.77.0.6 }
        grants:
          - name: recorder-reads
            from: { peer: recorder }
            to: { device: plc-7 }
            allow: [ { port: tcp/502, inspect: modbus, operations: read } ]

        """;
}
