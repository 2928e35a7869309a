namespace Gateway.Image.Tests.Units;

/// <summary>A unit of <c>image/tree</c>, read as systemd.syntax(7) describes it; our units have no continued lines.</summary>
internal sealed class UnitFile
{
    private readonly ILookup<string, string> _settings;

    private UnitFile(string path, ILookup<string, string> settings) => (Path, _settings) = (path, settings);

    public static string Folder => System.IO.Path.Combine(Need.ProjectRoot(), "image", "tree", "usr", "lib", "systemd", "system");

    public string Path { get; }

    /// <summary>Values of a setting in order.</summary>
    public IEnumerable<string> All(string key) => _settings[key];

    public string One(string key) => Assert.Single(_settings[key]);

    /// <summary>Words of the command, variables replaced by what <c>Environment=</c> gives them.</summary>
    public string[] Command => [.. One("ExecStart").Split(' ').Select(word => word.StartsWith("${", StringComparison.Ordinal) ? Variable(word[2..^1]) : word)];

    public static UnitFile Read(string name)
    {
        var path = System.IO.Path.Combine(Folder, name);
        var lines = File.ReadAllLines(path).Where(line => line.Contains('=', StringComparison.Ordinal) && line[0] is not ('#' or ';'));
        return new UnitFile(path, lines.Select(line => line.Split('=', 2)).ToLookup(parts => parts[0], parts => parts[1]));
    }

    private string Variable(string name) =>
        All("Environment").Single(value => value.StartsWith(name + "=", StringComparison.Ordinal))[(name.Length + 1)..];
}
