using System.Runtime.InteropServices;

namespace Gateway.Plant;

/// <summary>Where the gateway's published programs are, readable by its unprivileged users.</summary>
public sealed class Programs
{
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

    /// <summary>Takes the programs from where they were published; copies them, and the runtime, into <paramref name="own"/> where other
    /// users cannot read them (a checkout or an SDK in a private home).</summary>
    /// <exception cref="FileNotFoundException">They are not published.</exception>
    public static Programs Locate(string published, string own)
    {
        if (!File.Exists(Path.Combine(published, "service", "gatewayd")))
            throw new FileNotFoundException($"{published} holds no published programs; run tests/publish first");
        var folder = published;
        if (!IsReadable(Path.Combine(published, "service", "gatewayd")))
            folder = Copy(published, Path.Combine(own, "app"));
        var runtime = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        if (IsReadable(Path.Combine(runtime, "shared")))
            return new Programs(folder, runtime);
        Directory.CreateDirectory(Path.Combine(own, "dotnet"));
        Copy(Path.Combine(runtime, "host"), Path.Combine(own, "dotnet", "host"));
        return new Programs(folder, Path.GetDirectoryName(Copy(Path.Combine(runtime, "shared"), Path.Combine(own, "dotnet", "shared"))));
    }

    private static bool IsReadable(string path) =>
        Shell.Run("setpriv", [.. BoxUsers.Become(BoxUsers.Service), "--", "test", "-r", path]).ExitCode == 0;

    private static string Copy(string from, string to)
    {
        Shell.Run(TimeSpan.FromMinutes(2), "cp", ["-rL", from, to]).Require($"copying {from}");
        Shell.Run("chmod", "-R", "a+rX", to).Require($"chmod {to}");
        return to;
    }
}
