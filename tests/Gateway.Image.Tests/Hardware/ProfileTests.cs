using System.Text.Json.Nodes;

namespace Gateway.Image.Tests.Hardware;

public sealed class ProfileTests
{
    private const string Validator = """
        import json, sys
        try:
            import jsonschema
        except ImportError:
            sys.exit(3)
        schema = json.load(open(sys.argv[1]))
        jsonschema.Draft202012Validator.check_schema(schema)
        errors = ["%s: %s" % ("/".join(map(str, e.path)), e.message) for e in jsonschema.Draft202012Validator(schema).iter_errors(json.load(open(sys.argv[2])))]
        print("\n".join(errors))
        sys.exit(1 if errors else 0)
        """;

    private static string Folder => Path.Combine(Need.ProjectRoot(), "hardware");

    private static string Schema => Path.Combine(Folder, "schema.json");

    public static TheoryData<string> Profiles =>
        [.. Directory.GetFiles(Folder, "*.json").Where(path => path != Schema).Order(StringComparer.Ordinal).Select(path => Path.GetFileNameWithoutExtension(path))];

    [Theory, MemberData(nameof(Profiles))]
    public void A_profile_has_the_form_of_the_schema(string name)
    {
        var (status, output) = Validate(Path.Combine(Folder, name + ".json"));
        Assert.True(status == 0, output);
    }

    [Theory]
    [InlineData("links/0/path", "\"enp2s0\"")]
    [InlineData("links/0/role", "\"lan\"")]
    [InlineData("watchdog/timeout-seconds", "1")]
    [InlineData("id", "\"QEMU\"")]
    [InlineData("match", "{}")]
    [InlineData("bypass", """{ "kind": "gpio", "power-off": "open", "on-failure": "closed", "pairs": [["socket-1", "socket-2"]] }""")]
    [InlineData("leds", """[{ "name": "1", "sysfs": "/sys/class/leds/one", "meaning": "socket" }]""")]
    [InlineData("tested", "true")]
    [InlineData("command", "\"rm\"")]
    public void Another_form_is_refused(string path, string value)
    {
        using var folder = new TempFolder();
        var profile = Read("qemu-virtio");
        Set(profile, path.Split('/'), JsonNode.Parse(value));
        File.WriteAllText(folder.File("wrong.json"), profile.ToJsonString());
        var (status, output) = Validate(folder.File("wrong.json"));
        Assert.True(status == 1 && output.Trim().Length > 0, output);
    }

    [Theory, MemberData(nameof(Profiles))]
    public void What_the_schema_cannot_say_holds_too(string name)
    {
        var profile = Read(name);
        var links = profile["links"]!.AsArray();
        Assert.Equal(name, (string?)profile["id"]);
        foreach (var key in new[] { "name", "socket", "path" })
            Assert.Distinct(links.Select(link => (string)link![key]!));
        var names = links.Select(link => (string)link!["name"]!).ToHashSet();
        Assert.DoesNotContain((string)profile["host-link"]!["name"]!, names);
        Assert.All(profile["leds"]!.AsArray().Where(led => led!["link"] is not null), led => Assert.Contains((string)led!["link"]!, names));
        Assert.All(profile["bypass"]?["pairs"]?.AsArray().SelectMany(pair => pair!.AsArray()) ?? [], end => Assert.Contains((string)end!, names));
        // What cannot be pruned includes what the sockets and the watchdog need.
        var modules = profile["modules"]!.AsArray().Select(module => (string)module!).ToHashSet();
        Assert.Subset(modules, links.Select(link => (string)link!["driver"]!).ToHashSet());
        if (profile["watchdog"] is { } watchdog)
            Assert.Contains((string)watchdog["driver"]!, modules);
    }

    [Fact]
    public void No_two_profiles_match_the_same_box() =>
        Assert.Distinct(Profiles.Select(row => Read(row.Data)["match"]?.ToJsonString()).Where(match => match is not null));

    [Fact]
    public void The_readme_names_every_profile()
    {
        var readme = File.ReadAllText(Path.Combine(Folder, "README.md"));
        Assert.All(Profiles.Select(row => row.Data), name => Assert.Contains($"| `{name}` |", readme, StringComparison.Ordinal));
    }

    private static JsonNode Read(string name) => JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, name + ".json")))!;

    private static void Set(JsonNode node, string[] path, JsonNode? value)
    {
        foreach (var step in path[..^1])
            node = int.TryParse(step, out var index) ? node[index]! : node[step]!;
        node[path[^1]] = value;
    }

    private static (int Status, string Output) Validate(string profile)
    {
        Need.Command("python3", "python3");
        var (status, output) = Tool.Run("python3", "-c", Validator, Schema, profile);
        Assert.SkipWhen(status == 3, "skipped: needs the Python module jsonschema (Debian package python3-jsonschema)");
        return (status, output);
    }
}
