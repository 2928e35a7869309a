using System.Collections.Frozen;
using System.Reflection;

namespace Gateway.WebUi.Assets;

/// <summary>A file for browsers, in the forms in which the build packed it.</summary>
/// <param name="ContentType">Media type.</param>
/// <param name="Plain">As it is.</param>
/// <param name="Brotli">Compressed; null for kinds that are compressed in themselves.</param>
/// <param name="Gzip">Compressed; null likewise.</param>
public sealed record Asset(string ContentType, byte[] Plain, byte[]? Brotli, byte[]? Gzip);

/// <summary>The files that the build embedded. The name carries the hash of the content, so a browser may keep them for ever.</summary>
public sealed class AssetCatalog
{
    public const string Folder = "/assets/";

    private const string Prefix = "assets/";

    private static readonly FrozenDictionary<string, string> ContentTypes = new Dictionary<string, string>
    {
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".svg"] = "image/svg+xml",
        [".woff2"] = "font/woff2",
    }.ToFrozenDictionary();

    private readonly FrozenDictionary<string, string> _nameByLogicalName;
    private readonly FrozenDictionary<string, Asset> _assetByName;

    public AssetCatalog()
    {
        using var index = new StreamReader(Assembly.GetManifestResourceStream(Prefix + "index.txt")!);
        var names = index.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).ToList();
        _nameByLogicalName = names.ToFrozenDictionary(pair => pair[0], pair => pair[1]);
        _assetByName = names.ToFrozenDictionary(pair => pair[1], pair => Load(pair[1]));
    }

    /// <summary>Names with hash, for tests and for the list of what is served.</summary>
    public IEnumerable<string> Names => _assetByName.Keys;

    private static Assembly Assembly => typeof(AssetCatalog).Assembly;

    /// <summary>Address of a file by its name in the sources.</summary>
    public string Url(string logicalName) => Folder + _nameByLogicalName[logicalName];

    public Asset? Find(string name) => _assetByName.GetValueOrDefault(name);

    private static Asset Load(string name) =>
        new(ContentTypes[Path.GetExtension(name)], Read(name)!, Read(name + ".br"), Read(name + ".gz"));

    private static byte[]? Read(string name)
    {
        using var stream = Assembly.GetManifestResourceStream(Prefix + name);
        if (stream is null)
            return null;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}
