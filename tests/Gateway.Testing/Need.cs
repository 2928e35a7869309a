using System.Diagnostics;
using Xunit;

namespace Gateway.Testing;

/// <summary>What a test needs of the machine. Where it is missing, the test is skipped by name and counted as skipped.</summary>
public static class Need
{
    /// <summary>Root, for namespaces, raw sockets and the like.</summary>
    public static void Root() => Assert.SkipUnless(Environment.UserName == "root", "skipped: needs root (network namespaces, raw sockets)");

    /// <summary>A command on PATH, with the Debian package that brings it.</summary>
    public static void Command(string name, string package) =>
        Assert.SkipUnless(Find(name) is not null, $"skipped: needs the command {name} (Debian package {package})");

    /// <summary>A file or folder, with the Debian package that brings it.</summary>
    public static void Path(string path, string package) =>
        Assert.SkipUnless(System.IO.Path.Exists(path), $"skipped: needs {path} (Debian package {package})");

    /// <summary>A kind of file system that the kernel knows.</summary>
    public static void FileSystem(string kind) => Assert.SkipUnless(
        File.ReadLines("/proc/filesystems").Any(line => line.EndsWith('\t' + kind, StringComparison.Ordinal)), $"skipped: needs a kernel with the file system {kind}");

    /// <summary>The captures beside the project; absent where the project was cloned alone.</summary>
    public static string Corpus()
    {
        var corpus = System.IO.Path.Combine(Root(AppContext.BaseDirectory), "..", "shared", "corpus");
        Assert.SkipUnless(Directory.Exists(corpus), "skipped: corpus not present");
        return corpus;
    }

    /// <summary>The project's root folder.</summary>
    public static string ProjectRoot() => Root(AppContext.BaseDirectory);

    private static string? Find(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(':').Append("/usr/sbin").Append("/sbin").Select(folder => System.IO.Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    private static string Root(string from)
    {
        var folder = new DirectoryInfo(from);
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "Gateway.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new UnreachableException("Gateway.sln is in no folder above the tests");
    }
}
