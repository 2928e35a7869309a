namespace Gateway.Image.Tests.Units;

/// <summary>The program that a unit starts, as it was built here.</summary>
internal static class BuiltProgram
{
    private static readonly Dictionary<string, string> Projects = new()
    {
        ["/usr/lib/gateway/dataplane/gateway-dataplane"] = "Gateway.Dataplane",
        ["/usr/lib/gateway/service/gatewayd"] = "Gateway.Service",
        ["/usr/lib/gateway/web/gateway-web"] = "Gateway.WebUi",
    };

    /// <param name="installed">Where it lies on the appliance.</param>
    public static string Of(string installed)
    {
        var program = Path.Combine(Need.ProjectRoot(), "artifacts", "bin", Projects[installed], "release", Path.GetFileName(installed));
        Assert.True(File.Exists(program), $"{program} is not built");
        return program;
    }

    /// <summary>What the appliance has at the places that the units name: the published programs, and the script.</summary>
    public static IEnumerable<string> Installed => [.. Projects.Keys, "/usr/lib/gateway/links"];
}
