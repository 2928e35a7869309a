using System.Diagnostics;

namespace Gateway.Fuzz;

/// <summary>Samples on disk: <c>*.hex</c> is hexadecimal text with white space and <c>#</c> comments, anything else is taken as it is.</summary>
public static class SampleFolder
{
    /// <summary>Samples made by hand, from which fuzzing starts.</summary>
    public static string Seeds(FuzzTarget target) => Path.Combine(ProjectFolder(), "Seeds", target.Name);

    /// <summary>Inputs that once broke a promise; replayed by ordinary tests for ever.</summary>
    public static string Crashes(FuzzTarget target) => Path.Combine(ProjectFolder(), "Crashes", target.Name);

    /// <summary>All samples of a folder in the order of their names; none where there is no such folder.</summary>
    public static IReadOnlyList<(string Name, byte[] Bytes)> Read(string folder) => Directory.Exists(folder)
        ? [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal).Select(file => (Path.GetFileName(file), ReadFile(file)))]
        : [];

    public static byte[] ReadFile(string file) => file.EndsWith(".hex", StringComparison.Ordinal)
        ? FromHex(File.ReadAllLines(file))
        : File.ReadAllBytes(file);

    public static byte[] FromHex(IEnumerable<string> lines) =>
        Convert.FromHexString(string.Concat(lines.Select(line => line.Split('#')[0])
            .SelectMany(line => line.Where(c => !char.IsWhiteSpace(c)))));

    private static string ProjectFolder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Gateway.sln")))
            folder = folder.Parent;
        return folder is null
            ? throw new UnreachableException("Gateway.sln is in no folder above this program")
            : Path.Combine(folder.FullName, "tests", "Gateway.Fuzz");
    }
}
