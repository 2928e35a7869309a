using System.Net;
using Gateway.Core.Api;
using Gateway.Service.Tests.Fixtures;

namespace Gateway.Service.Tests.Api;

/// <summary>Every wrong request gets one problem document that names field, value and cure, and changes nothing.</summary>
public sealed class BadInputTests(SharedBox shared) : IAsyncLifetime, IClassFixture<SharedBox>
{
    private readonly TestBox _box = shared.Box;

    /// <summary>A device that was found, and one that was named besides.</summary>
    private DeviceView _device = null!;
    private DeviceView _named = null!;

    public async ValueTask InitializeAsync()
    {
        _device = await _box.FindAsync();
        _named = await _box.FindAsync(TestBox.OtherMac, "192.168.10.30", "socket-2");
        if (_named.State == "new")
            await _box.NameAsync(_named.Id, "plc-9");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("PUT", "devices/{id}/name", """{"name":"plc-7"}""", "kind")]
    [InlineData("PUT", "devices/{id}/name", """{"name":null,"kind":"plc"}""", "name")]
    [InlineData("PUT", "devices/{id}/name", """{"name":"plc-7","kind":"plc","colour":"red"}""", "colour")]
    [InlineData("PUT", "devices/{id}/name", """{"name":7,"kind":"plc"}""", "name")]
    [InlineData("PUT", "devices/{id}/name", """{"name":"plc-7","kind":"plc","labels":{"line":5}}""", "labels.line")]
    [InlineData("PUT", "devices/{id}/name", """{"name":"plc-7","kind""", "body")]
    [InlineData("PUT", "devices/{id}/name", "[]", "body")]
    [InlineData("POST", "devices/{id}/approve", "{}", "address")]
    [InlineData("POST", "devices/{id}/confirm", """{"mac":"28:63:36:aa:10:2f"}""", "address")]
    [InlineData("POST", "devices/{id}/grants", """{"proposals":"all"}""", "proposals")]
    [InlineData("POST", "policy/check", """{"document":{}}""", "document")]
    [InlineData("POST", "claim", """{"code":"AAAA"}""", "name")]
    [InlineData("POST", "sessions", """{"name":"anna","password":null}""", "password")]
    public async Task A_body_that_cannot_be_read_is_refused_by_field(string method, string path, string body, string field)
    {
        var answer = await _box.Api.SendTextAsync(HttpMethod.Parse(method), path.Replace("{id}", _device.Id, StringComparison.Ordinal), body);
        var problem = answer.Problem();
        Assert.Equal(400, problem.Status);
        Assert.Contains(problem.Errors!, e => e.Field == field);
        Assert.DoesNotContain("Gateway.", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_missing_fields_are_named_at_once()
    {
        var problem = (await _box.Api.SendTextAsync(HttpMethod.Post, "claim", "{}")).Problem();
        Assert.Equal(["code", "name", "password"], problem.Errors!.Select(e => e.Field).Order());
    }

    [Theory]
    [InlineData("name", "Plc-7", "kind", "plc")]
    [InlineData("name", "p", "kind", "plc")]
    [InlineData("name", "plc_7", "kind", "plc")]
    [InlineData("name", "new--plc", "kind", "plc")]
    [InlineData("kind", "robot", "name", "plc-7")]
    public async Task A_name_or_kind_that_cannot_be_is_refused_with_its_value(string field, string value, string other, string otherValue)
    {
        var body = new Dictionary<string, string> { [field] = value, [other] = otherValue };
        (await _box.Api.PutAsync($"devices/{_device.Id}/name", body)).Names(422, field, value);
        Assert.Equal("new", (await _box.Api.GetAsync<DeviceDetail>($"devices/{_device.Id}")).Device.State);
    }

    [Fact]
    public async Task Texts_that_are_too_long_and_labels_that_cannot_be_are_refused_by_field()
    {
        var good = new NameRequest("plc-7", "plc", null, null, null, null);
        await NamesAsync(good with { Place = new string('a', 81) }, "place");
        await NamesAsync(good with { Keeper = new string('a', 81) }, "keeper");
        await NamesAsync(good with { EquipmentNumber = new string('a', 41) }, "equipmentNumber");
        await NamesAsync(good with { Labels = new Dictionary<string, string> { ["Line!"] = "1" } }, "labels");
        await NamesAsync(good with { Labels = new Dictionary<string, string> { ["line"] = new string('a', 64) } }, "labels");
        var nothing = """{"name":"Plc","kind":"plc","labels":{"line":null}}""";
        Assert.InRange((int)(await _box.Api.SendTextAsync(HttpMethod.Put, $"devices/{_device.Id}/name", nothing)).Status, 400, 422);
    }

    [Theory]
    [InlineData("address", "192.168.10.21", null, "")]
    [InlineData("address", "192.168.10.0/24", null, "")]
    [InlineData("address", "300.1.1.1/24", null, "")]
    [InlineData("address", "", null, "")]
    [InlineData("gatewayAddress", "192.168.10.21/24", "10.0.0.1", "")]
    [InlineData("gatewayAddress", "192.168.10.21/24", "192.168.10.21", "")]
    [InlineData("gatewayAddress", "192.168.10.21/24", "gateway", "")]
    [InlineData("fabric", "192.168.10.21/24", null, "nebula")]
    public async Task An_approval_that_cannot_be_is_refused_by_field(string field, string address, string? gateway, string fabric)
    {
        var error = (await _box.Api.PostAsync($"devices/{_named.Id}/approve", new ApproveRequest(address, gateway, fabric, []))).Names(422, field);
        Assert.Equal(field switch { "address" => address, "gatewayAddress" => gateway, _ => fabric }, error.Value);
        Assert.Equal("named", (await _box.Api.GetAsync<DeviceDetail>($"devices/{_named.Id}")).Device.State);
    }

    [Theory]
    [InlineData("""["no-such-proposal"]""", "no-such-proposal")]
    [InlineData("[null]", "")]
    public async Task A_proposal_that_was_not_made_is_refused_by_name(string proposals, string value)
    {
        var answer = await _box.Api.SendTextAsync(
            HttpMethod.Post, $"devices/{_named.Id}/approve", $$"""{"address":"192.168.10.21/24","gatewayAddress":null,"fabric":null,"proposals":{{proposals}}}""");
        answer.Names(422, "proposals", value);
    }

    [Theory]
    [InlineData("log?limit=0", 422, "limit", "0")]
    [InlineData("log?limit=201", 422, "limit", "201")]
    [InlineData("log?limit=many", 400, "limit", "many")]
    [InlineData("log?cursor=x", 422, "cursor", "x")]
    [InlineData("log?cursor=-1", 422, "cursor", "-1")]
    [InlineData("devices?retired=perhaps", 400, "retired", "perhaps")]
    public async Task A_query_that_cannot_be_is_refused_by_field(string path, int status, string field, string value) =>
        (await _box.Api.GetAsync(path)).Names(status, field, value);

    [Theory]
    [InlineData("scada", "device plc-7", "tcp/502", "", "from")]
    [InlineData("caller scada", "plc-7", "tcp/502", "", "to")]
    [InlineData("caller scada", "device plc-7", "502", "", "port")]
    [InlineData("caller scada", "device plc-7", "tcp/502", "dance", "operation")]
    public async Task A_question_that_cannot_be_asked_is_refused_by_field(string from, string to, string port, string operation, string field) =>
        (await _box.Api.PostAsync("policy/explain", new ExplainRequest(from, to, port, operation))).Names(422, field);

    [Theory]
    [InlineData("GET", "devices/nothere", 404)]
    [InlineData("GET", "devices/nothere/proposals", 404)]
    [InlineData("POST", "devices/nothere/retire", 404)]
    [InlineData("DELETE", "grants/nothere", 404)]
    [InlineData("GET", "no/such/route", 404)]
    [InlineData("PATCH", "devices", 405)]
    public async Task What_is_not_there_is_told_as_a_problem(string method, string path, int status) =>
        Assert.Equal(status, (await _box.Api.SendAsync(HttpMethod.Parse(method), path)).Problem().Status);

    [Fact]
    public async Task A_body_of_another_type_is_refused()
    {
        var answer = await _box.Api.SendTextAsync(HttpMethod.Post, "policy/check", "version: 1", "text/yaml");
        Assert.Equal(415, answer.Problem().Status);
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused()
    {
        _box.Api.Http.DefaultRequestHeaders.ExpectContinue = true;
        var answer = await _box.Api.SendTextAsync(HttpMethod.Post, "policy/check", $$"""{"document":"{{new string('a', 9 << 20)}}"}""");
        _box.Api.Http.DefaultRequestHeaders.ExpectContinue = false;
        Assert.Equal(413, answer.Problem().Status);
    }

    private async Task NamesAsync(NameRequest request, string field) => (await _box.Api.PutAsync($"devices/{_device.Id}/name", request)).Names(422, field);
}
