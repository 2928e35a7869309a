using System.Xml.Linq;

namespace Gateway.Architecture.Tests.Rules;

/// <summary>Who may know whom. The table is the architecture; a new line needs a reason.</summary>
internal static class Layers
{
    /// <summary>Projects a product project may reference.</summary>
    private static readonly Dictionary<string, string[]> Projects = new()
    {
        ["Gateway.Core"] = [],
        ["Gateway.Dataplane"] = ["Gateway.Core"],
        ["Gateway.Service"] = ["Gateway.Core", "Gateway.Corridor.Client"],
        ["Gateway.WebUi"] = ["Gateway.Core"],
        ["Gateway.Corridor"] = ["Gateway.Core", "Gateway.Corridor.Client"],
        ["Gateway.Corridor.Client"] = ["Gateway.Core"],
    };

    /// <summary>Packages with a place of their own, and the projects that may reference them. All others are free.</summary>
    private static readonly Dictionary<string, string[]> Packages = new()
    {
        ["LiteDB"] = ["Gateway.Core"],
        ["YamlDotNet"] = ["Gateway.Core", "Gateway.Corridor"],
        ["Tmds.LibC"] = ["Gateway.Dataplane"],
        ["SharpPcap"] = [],
        ["PacketDotNet"] = [],
        ["SharpFuzz"] = [],
    };

    /// <summary>A namespace that only code of certain namespaces may name.</summary>
    private static readonly (string Named, string[] By, string Why)[] Reserved =
    [
        ("LiteDB", ["Gateway.Core.Store"], "the store alone knows its database"),
        ("YamlDotNet", ["Gateway.Core.Policy", "Gateway.Corridor"], "one parser of site files, one of the hub's"),
        ("Tmds.Linux", ["Gateway.Dataplane"], "system calls are the dataplane's"),
        ("SharpPcap", [], "allocates for every packet; for tests only"),
        ("PacketDotNet", [], "allocates for every packet; for tests only"),
    ];

    /// <summary>What code of a namespace may not name.</summary>
    private static readonly (string In, string[] Except, string[] Names, string Why)[] Forbidden =
    [
        ("Gateway.Core", [], ["System.Net.Sockets", "Microsoft.AspNetCore"], "words and decisions: no sockets, no web"),
        ("Gateway.WebUi", [], ["Gateway.Core.Store"], "the pages know the API, not the store"),
        ("Gateway.Service.Cli", [], ["Gateway.Core.Store"], "the command knows the API, not the store"),
        ("Gateway.Dataplane", ["Gateway.Dataplane.Control"],
            [
                "System.Net.Sockets", "System.Net.Http", "System.Console", "System.Diagnostics.Process", "System.Diagnostics.ProcessStartInfo",
                "Console", "Process", "ProcessStartInfo", "Socket", "TcpClient", "TcpListener", "UdpClient", "HttpClient",
            ],
            "only Control and Program speak to the outside"),
    ];

    /// <summary>Checks the references of a project file.</summary>
    public static IEnumerable<string> CheckProject(SourceFile file)
    {
        var name = Path.GetFileNameWithoutExtension(file.Path);
        var project = XDocument.Parse(file.Text);
        if (!Projects.TryGetValue(name, out var allowed))
        {
            yield return $"{file.Path}: {name} is not in the table of projects";
            yield break;
        }
        foreach (var reference in Included(project, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/'))))
        {
            if (!allowed.Contains(reference))
                yield return $"{file.Path}: {name} may not reference {reference}";
        }
        foreach (var package in Included(project, "PackageReference"))
        {
            if (Packages.TryGetValue(package, out var users) && !users.Contains(name))
                yield return $"{file.Path}: {name} may not reference the package {package}";
        }
    }

    /// <summary>Checks what a product file names against what its namespace may name.</summary>
    public static IEnumerable<string> CheckNames(SourceFile file)
    {
        var own = NamedTypes.Namespace(file);
        var dotted = NamedTypes.Dotted(file).ToList();
        foreach (var (named, by, why) in Reserved.Where(rule => !rule.By.Any(space => NamedTypes.IsIn(own, space))))
        {
            foreach (var (_, node) in dotted.Where(name => NamedTypes.IsIn(name.Name, named)))
                yield return $"{file.At(node)}: {own} names {named}: {why}";
        }
        var simple = NamedTypes.Simple(file).ToList();
        foreach (var (space, except, names, why) in Forbidden)
        {
            if (!NamedTypes.IsIn(own, space) || except.Any(allowed => NamedTypes.IsIn(own, allowed)) || IsEntryPoint(file))
                continue;
            foreach (var (name, node) in dotted.Concat(simple).Where(name => names.Any(banned => NamedTypes.IsIn(name.Name, banned))))
                yield return $"{file.At(node)}: {own} names {name}: {why}";
        }
    }

    /// <summary>Parsers stand below everything: of ours, they know addresses only.</summary>
    public static IEnumerable<string> CheckWire(SourceFile file)
    {
        if (!NamedTypes.IsIn(NamedTypes.Namespace(file), "Gateway.Dataplane.Wire"))
            yield break;
        foreach (var (name, node) in NamedTypes.Dotted(file).Where(name => NamedTypes.IsIn(name.Name, "Gateway")))
        {
            if (!NamedTypes.IsIn(name, "Gateway.Core.Net") && !NamedTypes.IsIn(name, "Gateway.Dataplane.Wire"))
                yield return $"{file.At(node)}: Wire names {name}; it may know Gateway.Core.Net only";
        }
    }

    private static bool IsEntryPoint(SourceFile file) => Path.GetFileName(file.Path) == "Program.cs";

    private static IEnumerable<string> Included(XDocument project, string element) =>
        project.Descendants(element).Select(reference => reference.Attribute("Include")?.Value ?? "");
}
