using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Gateway.Core.Net;
using Gateway.Core.Policy;

namespace Gateway.Core.Tests.Policy;

/// <summary>The JSON Schema and the reader say the same.</summary>
public sealed class SiteSchemaTests
{
    private static readonly JsonElement Schema = JsonDocument.Parse(File.ReadAllText(SchemaPath)).RootElement;

    private static string SchemaPath => Path.Combine(Need.ProjectRoot(), "docs", "site.schema.json");

    public static TheoryData<string> Maps => [.. Forms.Keys];

    private static Dictionary<string, SiteForm> Forms => new()
    {
        [""] = SiteFormat.Root,
        ["link"] = SiteFormat.Link,
        ["fabric"] = SiteFormat.Fabric,
        ["device"] = SiteFormat.Device,
        ["peer"] = SiteFormat.Peer,
        ["service"] = SiteFormat.Service,
        ["caller"] = SiteFormat.Caller,
        ["grant"] = SiteFormat.Grant,
        ["from"] = SiteFormat.From,
        ["to"] = SiteFormat.To,
        ["allow"] = SiteFormat.Allow,
    };

    [Theory]
    [MemberData(nameof(Maps))]
    public void Each_map_has_the_keys_the_reader_knows_and_no_others(string map)
    {
        var schema = Map(map);
        Assert.Equal(Forms[map].Keys, schema.GetProperty("properties").EnumerateObject().Select(p => p.Name));
        Assert.False(schema.GetProperty("additionalProperties").GetBoolean());
        var required = schema.TryGetProperty("required", out var list) ? list.EnumerateArray().Select(r => r.GetString()!) : [];
        Assert.Equal(Forms[map].Required, required);
        Assert.All(schema.GetProperty("properties").EnumerateObject(), p => Assert.NotEmpty(p.Value.GetProperty("description").GetString()!));
    }

    [Fact]
    public void Words_are_those_the_reader_knows()
    {
        Assert.Equal(SiteFormat.Roles.All, Words("link", "role"));
        Assert.Equal(SiteFormat.FabricKinds, Words("fabric", "kind"));
        Assert.Equal(SiteFormat.Enforcements.All, Words("device", "enforcement"));
        Assert.Equal(SiteFormat.Inspectors.All, Words("allow", "inspect"));
        Assert.Equal(SiteFormat.Refusals.All, Words("allow", "refuse"));
    }

    [Theory]
    [InlineData("", "links", "maxItems", PolicyLimits.MaxLinks)]
    [InlineData("", "fabrics", "maxItems", PolicyLimits.MaxFabrics)]
    [InlineData("", "devices", "maxItems", PolicyLimits.MaxDevices)]
    [InlineData("", "peers", "maxItems", PolicyLimits.MaxPeers)]
    [InlineData("", "services", "maxItems", PolicyLimits.MaxServices)]
    [InlineData("", "callers", "maxItems", PolicyLimits.MaxCallers)]
    [InlineData("", "grants", "maxItems", PolicyLimits.MaxGrants)]
    [InlineData("", "version", "const", SiteDocument.FormatVersion)]
    [InlineData("link", "interface", "maxLength", PolicyLimits.MaxInterfaceBytes)]
    [InlineData("device", "max-flows", "maximum", PolicyLimits.MaxFlowsPerDevice)]
    [InlineData("grant", "allow", "maxItems", PolicyLimits.MaxAllows)]
    [InlineData("grant", "comment", "maxLength", PolicyLimits.MaxCommentLength)]
    public void Bounds_are_those_the_reader_has(string map, string key, string bound, int value) =>
        Assert.Equal(value, Map(map).GetProperty("properties").GetProperty(key).GetProperty(bound).GetInt32());

    [Theory]
    [InlineData("address", "0.0.0.0", "192.168.10.21", "255.255.255.255", "!256.1.1.1", "!01.1.1.1", "!1.1.1", "!1.1.1.1.1", "!a.b.c.d")]
    [InlineData("prefix", "0.0.0.0/0", "192.168.10.21/24", "1.1.1.1/32", "!1.1.1.1", "!1.1.1.1/33", "!1.1.1.1/-1", "!1.1.1.1/")]
    [InlineData("mac", "28:63:36:aa:10:2f", "28-63-36-AA-10-2F", "!28:63:36:aa:10", "!286336aa102f", "!28:63:36:aa:10:2g")]
    [InlineData("port", "tcp/502", "udp/5000-5010", "!tcp/0", "!tcp/", "!sctp/1", "!502", "!tcp/1-")]
    [InlineData("deviceName", "plc-7", "a1b", "!7plc", "!plc-", "!PLC", "!plc_7")]
    public void Patterns_take_what_the_reader_takes(string definition, params string[] samples)
    {
        var pattern = new Regex(Schema.GetProperty("$defs").GetProperty(definition).GetProperty("pattern").GetString()!, RegexOptions.ECMAScript);
        foreach (var sample in samples)
        {
            var text = sample.TrimStart('!');
            Assert.Equal(!sample.StartsWith('!'), Reads(definition, text));
            Assert.Equal(!sample.StartsWith('!'), pattern.IsMatch(text));
        }
    }

    /// <summary>A validator that is not ours, on the examples and on wrong documents that form alone tells.</summary>
    [Fact]
    [Trait("Category", "Slow")]
    public void An_independent_validator_takes_right_documents_and_refuses_wrong_ones()
    {
        Need.Command("python3", "python3");
        using var folder = new TempFolder();
        foreach (var file in Directory.GetFiles(Path.Combine(Need.ProjectRoot(), "docs", "examples"), "*.yaml"))
            File.Copy(file, folder.File("right-" + Path.GetFileName(file)));
        File.WriteAllText(folder.File("right-hall.yaml"), Sites.Hall);
        File.WriteAllText(folder.File("right-canonical.yaml"), SiteWriter.Write(Sites.Document()));
        for (var seed = 0; seed < 20; seed++)
            File.WriteAllText(folder.File($"right-random-{seed}.yaml"), SiteWriter.Write(SiteGenerator.Make(new Random(seed))));
        for (var i = 0; i < WrongForms.Length; i++)
        {
            var yaml = Sites.With(WrongForms[i].Right, WrongForms[i].Wrong);
            Assert.NotEmpty(SiteReader.Read(yaml).Errors);
            File.WriteAllText(folder.File($"wrong-{i:d2}.yaml"), yaml);
        }
        var (status, output) = Validate(folder);
        Assert.SkipWhen(status == 3, "skipped: needs the Python modules yaml and jsonschema (Debian packages python3-yaml, python3-jsonschema)");
        Assert.True(status == 0, output);
    }

    private static readonly (string Right, string Wrong)[] WrongForms =
    [
        ("version: 1", "version: 2"),
        ("version: 1\n", ""),
        ("site: hall-3", "site: Hall 3"),
        ("segments: 100.64.0.0/16", "segments: 100.64.0.0"),
        ("segments: 100.64.0.0/16", "segment: 100.64.0.0/16"),
        ("name: uplink, role: uplink", "name: uplink, role: uplnk"),
        ("interface: up0, address: 10.77.0.254/24", "interface: up0"),
        ("interface: s2, socket: 2", "interface: s2, socket: 256"),
        ("interface: s2, socket: 2", "interface: s2, socket: 2, address: 10.0.0.1/24"),
        ("interface: s2, socket: 2", "interface: a-very-long-name, socket: 2"),
        ("kind: corridor, hub", "kind: coridor, hub"),
        ("mac: \"28:63:36:aa:10:2f\"", "mac: 28-63-36"),
        ("address: 192.168.10.21/24", "address: 192.168.10.21"),
        ("max-flows: 64", "max-flows: 0"),
        ("max-flows: 64", "max_flows: 64"),
        ("labels: { kind: camera }", "labels: { Kind: camera }"),
        ("labels: { kind: camera }", "labels: { kind: [a, b] }"),
        ("port: tcp/8086", "port: udp/8086"),
        ("{ name: scada, fabric: corridor, group: scada }", "{ name: scada, fabric: corridor }"),
        ("{ name: scada, fabric: corridor, group: scada }", "{ name: scada, fabric: corridor, group: a, id: b }"),
        ("from: { caller: scada }", "from: scada"),
        ("from: { caller: scada }", "from: {}"),
        ("from: { caller: scada }", "from: { caller: scada, device: sorter }"),
        ("from: { gateway: true }", "from: { gateway: false }"),
        ("to: { service: historian }", "to: { caller: scada }"),
        ("to: { service: historian }", "to: { service: historian }\n    allow: [ { port: tcp/8086 } ]"),
        ("to: { devices: { kind: plc, line: filler-2 } }", "to: { devices: {} }"),
        ("allow: [ { port: udp/123 } ]", "allow: []"),
        ("allow: [ { port: udp/123 } ]", "comment: nothing"),
        ("allow: [ { port: udp/123 } ]", "allow: [ udp/123 ]"),
        ("allow: [ { port: udp/123 } ]", "allow: [ { port: udp/0 } ]"),
        ("allow: [ { port: udp/123 } ]", "allow: [ { port: udp/123, operations: read } ]"),
        ("allow: [ { port: udp/123 } ]", "allow: [ { port: udp/123, refuse: drop } ]"),
        ("inspect: modbus, operations: \"3|0-99,6|10\"", "inspect: modbus"),
    ];

    private const string Validator = """
        import glob, os, sys
        try:
            import jsonschema, yaml
        except ImportError:
            sys.exit(3)
        import json
        validator = jsonschema.Draft202012Validator(json.load(open(sys.argv[1])))
        jsonschema.Draft202012Validator.check_schema(validator.schema)
        failed = False
        for path in sorted(glob.glob(sys.argv[2] + "/*.yaml")):
            errors = [e.message for e in validator.iter_errors(yaml.safe_load(open(path)))]
            if os.path.basename(path).startswith("right") != (not errors):
                failed = True
                print(os.path.basename(path), errors)
        sys.exit(1 if failed else 0)
        """;

    private static (int Status, string Output) Validate(TempFolder folder)
    {
        using var process = Process.Start(new ProcessStartInfo("python3", ["-c", Validator, SchemaPath, folder.Path])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }

    private static bool Reads(string definition, string text) => definition switch
    {
        "address" => Ipv4Address.TryParse(text, out _),
        "prefix" => Ipv4Prefix.TryParse(text, out _),
        "mac" => MacAddress.TryParse(text, out _),
        "port" => ServicePort.TryParse(text, out _),
        _ => Core.Devices.DeviceLife.CheckName(text) is null,
    };

    private static JsonElement Map(string name) => name.Length == 0 ? Schema : Schema.GetProperty("$defs").GetProperty(name);

    private static IEnumerable<string> Words(string map, string key) =>
        Map(map).GetProperty("properties").GetProperty(key).GetProperty("enum").EnumerateArray().Select(w => w.GetString()!);
}
