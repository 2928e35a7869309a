namespace Gateway.Architecture.Tests;

/// <summary>All text files of the repository, read once.</summary>
public static class SourceTree
{
    /// <summary>What is made, not written. In a worktree <c>.git</c> is a file.</summary>
    private static readonly HashSet<string> LeftOut = ["artifacts", ".git", "bin", "obj", "TestResults", "node_modules", "Crashes", "Seeds"];

    private static readonly Lazy<IReadOnlyList<SourceFile>> Read = new(() => [.. Walk(new DirectoryInfo(Need.ProjectRoot()), "")]);

    public static IReadOnlyList<SourceFile> Files => Read.Value;

    public static IEnumerable<SourceFile> CSharp => Files.Where(file => file.IsCSharp);

    /// <summary>C# of the product.</summary>
    public static IEnumerable<SourceFile> Product => CSharp.Where(file => file.IsUnder("src"));

    public static bool Exists(string path) => Path.Exists(Path.Combine(Need.ProjectRoot(), path));

    private static IEnumerable<SourceFile> Walk(DirectoryInfo folder, string prefix)
    {
        foreach (var file in folder.EnumerateFiles().Where(file => !LeftOut.Contains(file.Name)).OrderBy(file => file.Name, StringComparer.Ordinal))
        {
            if (IsText(file))
                yield return new SourceFile(prefix + file.Name, File.ReadAllText(file.FullName));
        }
        foreach (var inner in folder.EnumerateDirectories().Where(inner => !LeftOut.Contains(inner.Name)).OrderBy(inner => inner.Name, StringComparer.Ordinal))
        {
            foreach (var file in Walk(inner, $"{prefix}{inner.Name}/"))
                yield return file;
        }
    }

    /// <summary>Text has no zero byte in its first block. Links lead to files that are read anyway.</summary>
    private static bool IsText(FileInfo file)
    {
        if (file.LinkTarget is not null)
            return false;
        Span<byte> head = stackalloc byte[4096];
        using var stream = file.OpenRead();
        return !head[..stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)].Contains((byte)0);
    }
}
