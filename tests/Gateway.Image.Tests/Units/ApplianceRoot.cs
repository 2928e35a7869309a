namespace Gateway.Image.Tests.Units;

/// <summary>A folder that looks like the appliance's root to the tools of systemd: our tree, this machine's own units, and something that
/// can be executed where the units expect a program.</summary>
internal sealed class ApplianceRoot : IDisposable
{
    private const UnixFileMode Executable =
        UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private readonly TempFolder _folder = new();

    public ApplianceRoot()
    {
        Copy(Path.Combine(Need.ProjectRoot(), "image", "tree"), Root);
        Copy("/usr/lib/systemd/system", Path.Combine(Root, "usr/lib/systemd/system"));
        foreach (var program in BuiltProgram.Installed.Append("/bin/sh"))
            MakeProgram(Root + program);
        Directory.CreateDirectory(Path.Combine(Root, "etc"));
    }

    public string Root => _folder.Path;

    public string Unit(string name) => Path.Combine(Root, "usr/lib/systemd/system", name);

    public (int Status, string Output) Verify(params IEnumerable<string> units) =>
        Tool.Run("systemd-analyze", ["verify", "--man=no", $"--root={Root}", .. units]);

    public void Dispose() => _folder.Dispose();

    /// <summary>Copies files and links as they are; what is there stays.</summary>
    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        var (status, output) = Tool.Run("cp", "-an", from + "/.", to);
        Assert.True(status == 0, output);
    }

    private static void MakeProgram(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "#!/bin/sh\n");
        File.SetUnixFileMode(path, Executable);
    }
}
