using System.Text.Json.Nodes;

namespace Gateway.Image.Tests.Hardware;

public sealed class ProfileTests
{
    /// <summary>Reads a schema and files, and writes a line of errors for each file. One run for many: starting it is most of its time.</summary>
    private const string Validator = """
        import json, sys
        try:
            import jsonschema
        except ImportError:
            sys.exit(3)
        schema = json.load(open(sys.argv[1]))
        jsonschema.Draft202012Validator.check_schema(schema)
        validator = jsonschema.Draft202012Validator(schema)
        for path in sys.argv[2:]:
            print("; ".join("%s: %s" % ("/".join(map(str, e.path)), e.message.replace("\n", " ")) for e in validator.iter_errors(json.load(open(path)))))
        """;

    /// <summary>Forms that are wrong: where in the profile qemu-virtio, and what stands there.</summary>
    private static readonly (string Path, string Value)[] WrongForms =
    [
        ("links/0/path", "\"enp2s0\""),
        ("links/0/role", "\"lan\""),
        ("watchdog/timeout-seconds", "1"),
        ("id", "\"QEMU\""),
        ("match", "{}"),
        ("bypass", """{ "kind": "gpio", "power-off": "open", "on-failure": "closed", "pairs": [["socket-1", "socket-2"]] }"""),
        ("leds", """[{ "name": "1", "sysfs": "/sys/class/leds/one", "meaning": "socket" }]"""),
        ("tested", "true"),
        ("command", "\"rm\""),
    ];

    private static string Folder => Path.Combine(Need.ProjectRoot(), "hardware");

    private static string Schema => Path.Combine(Folder, "schema.json");

    public static TheoryData<string> Profiles =>
        [.. Directory.GetFiles(Folder, "*.json").Where(path => path != Schema).Order(StringComparer.Ordinal).Select(path => Path.GetFileNameWithoutExtension(path))];

    [Fact]
    public void Every_profile_has_the_form_of_the_schema_and_another_form_is_refused()
    {
        using var folder = new TempFolder();
        var right = Profiles.Select(row => Path.Combine(Folder, row.Data + ".json")).ToList();
        var wrong = WrongForms.Select((form, i) => Write(folder.File($"{i}.json"), form.Path, form.Value)).ToList();
        var errors = Validate([.. right, .. wrong]);
        Assert.All(right.Zip(errors), profile => Assert.Equal((profile.First, ""), profile));
        Assert.All(WrongForms.Zip(errors[right.Count..]), form => Assert.True(form.Second.Length > 0, $"{form.First.Path} was not refused"));
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

    private static string Write(string file, string path, string value)
    {
        var profile = Read("qemu-virtio");
        var node = profile;
        var steps = path.Split('/');
        foreach (var step in steps[..^1])
            node = int.TryParse(step, out var index) ? node[index]! : node[step]!;
        node[steps[^1]] = JsonNode.Parse(value);
        File.WriteAllText(file, profile.ToJsonString());
        return file;
    }

    private static string[] Validate(string[] profiles)
    {
        Need.Command("python3", "python3");
        var (status, output) = Tool.Run("python3", ["-c", Validator, Schema, .. profiles]);
        Assert.SkipWhen(status == 3, "skipped: needs the Python module jsonschema (Debian package python3-jsonschema)");
        Assert.True(status == 0, output);
        return output.Split('\n')[..^1];
    }
}
