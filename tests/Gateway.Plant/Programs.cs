using System.Runtime.InteropServices;

namespace Gateway.Plant;

/// <summary>The gateway's programs, where its unprivileged users can read them.</summary>
public sealed class Programs
{
    private static readonly (string Project, string Name)[] Projects =
        [("Gateway.Dataplane", "dataplane"), ("Gateway.Service", "service"), ("Gateway.WebUi", "web"), ("Gateway.Corridor", "corridor")];

    private static readonly string[] Homes = ["home", "root", "run/user"];

    private Programs(string folder, string? runtime)
    {
        Folder = folder;
        Environment = runtime is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["DOTNET_ROOT"] = runtime };
    }

    public string Folder { get; }

    /// <summary>Variables that the programs need.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    public string Dataplane => Path.Combine(Folder, "dataplane", "gateway-dataplane");

    public string Service => Path.Combine(Folder, "service", "gatewayd");

    public string Web => Path.Combine(Folder, "web", "gateway-web");

    public string Corridor => Path.Combine(Folder, "corridor", "corridor");

    /// <summary>Copies the built programs into the plant's own folder: other users may not be able to read a checkout, and a build while
    /// the plant runs must not change what runs. The runtime is copied too where other users cannot read it.</summary>
    /// <param name="built">The build's folder of outputs, <c>artifacts/bin</c>.</param>
    /// <param name="own">The plant's folder.</param>
    /// <exception cref="FileNotFoundException">They are not built.</exception>
    public static Programs Take(string built, string own)
    {
        var folder = Path.Combine(own, "app");
        Directory.CreateDirectory(folder);
        foreach (var (project, name) in Projects)
        {
            var output = Path.Combine(built, project, "release");
            if (!Directory.Exists(output))
                throw new FileNotFoundException($"{output} is missing; build tests/Gateway.Plant first");
            Copy(output, Path.Combine(folder, name));
        }
        Shell.Run("chmod", "755", folder, own).Require($"chmod {own}");
        var runtime = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        if (IsReadable(Path.Combine(runtime, "shared")))
            return new Programs(folder, runtime);
        Directory.CreateDirectory(Path.Combine(own, "dotnet"));
        Copy(Path.Combine(runtime, "host"), Path.Combine(own, "dotnet", "host"));
        return new Programs(folder, Path.GetDirectoryName(Copy(Path.Combine(runtime, "shared"), Path.Combine(own, "dotnet", "shared"))));
    }

    /// <summary>Whether the box's users can read it; units see no home folders (ProtectHome).</summary>
    private static bool IsReadable(string path) =>
        !(SystemdUnit.IsAvailable && Array.Exists(Homes, home => path.StartsWith($"/{home}/", StringComparison.Ordinal)))
        && Shell.Run("setpriv", [.. BoxUsers.Become(BoxUsers.Service), "--", "test", "-r", path]).ExitCode == 0;

    private static string Copy(string from, string to)
    {
        Shell.Run(TimeSpan.FromMinutes(2), "cp", ["-rL", from, to]).Require($"copying {from}");
        Shell.Run("chmod", "-R", "a+rX", to).Require($"chmod {to}");
        return to;
    }
}
