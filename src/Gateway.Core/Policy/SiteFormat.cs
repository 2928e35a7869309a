using System.Collections.Immutable;

namespace Gateway.Core.Policy;

/// <summary>The words of the format: which keys each map has and which words stand for a value. Reader, writer and the test of the JSON
/// Schema use this one table, so that they cannot differ.</summary>
internal static class SiteFormat
{
    public static readonly SiteForm Root = new("the document",
        ["version!", "site!", "segments", "links", "fabrics", "devices", "peers", "services", "callers", "grants"]);

    public static readonly SiteForm Link = new("a link", ["name!", "role!", "interface!", "vlan", "socket", "address"]);

    public static readonly SiteForm Fabric = new("a fabric", ["name!", "kind!", "hub!", "authority!", "token", "gateway"]);

    public static readonly SiteForm Device = new("a device",
        ["name!", "id", "labels", "link!", "mac!", "address!", "gateway", "segment", "fabric", "enforcement", "max-flows"]);

    public static readonly SiteForm Peer = new("a peer", ["name!", "link!", "address!", "labels"]);

    public static readonly SiteForm Service = new("a service", ["name!", "fabric!", "remote", "port!", "address"]);

    public static readonly SiteForm Caller = new("a caller", ["name!", "fabric!", "id", "group"]);

    public static readonly SiteForm Grant = new("a grant", ["name!", "from!", "to!", "allow", "comment"]);

    public static readonly SiteForm From = new("a source", ["device", "devices", "peer", "peers", "caller", "gateway", "as"]);

    public static readonly SiteForm To = new("a target", ["device", "devices", "peer", "peers", "service", "as"]);

    public static readonly SiteForm Allow = new("an allowed port", ["port!", "inspect", "operations", "refuse"]);

    public static readonly Words<LinkRole> Roles = new("downlink", "uplink", "host");

    public static readonly Words<Enforcement> Enforcements = new("quarantine", "enforce", "cut-off");

    public static readonly Words<RefuseMode> Refusals = new("answer", "reset", "drop");

    /// <summary>Inspectors; the first value of the enumeration means none and is written by leaving the key out.</summary>
    public static readonly Words<InspectorKind> Inspectors = new("", "modbus");

    public static readonly ImmutableArray<string> FabricKinds = ["corridor"];
}

/// <summary>The keys of one map of the format; those that must be there end in an exclamation mark in the table above.</summary>
internal sealed class SiteForm
{
    public SiteForm(string what, string[] keys)
    {
        What = what;
        Keys = [.. keys.Select(k => k.TrimEnd('!'))];
        Required = [.. keys.Where(k => k.EndsWith('!')).Select(k => k.TrimEnd('!'))];
    }

    /// <summary>What it describes, in the words of an error message.</summary>
    public string What { get; }

    public ImmutableArray<string> Keys { get; }

    public ImmutableArray<string> Required { get; }
}

/// <summary>Words for the values of an enumeration whose values count from zero.</summary>
internal sealed class Words<T>(params string[] words)
    where T : struct, Enum
{
    private readonly T[] _values = Enum.GetValues<T>();

    /// <summary>The words that can be written.</summary>
    public IEnumerable<string> All => words.Where(w => w.Length > 0);

    public string Of(T value) => words[Array.IndexOf(_values, value)];

    public bool TryParse(string text, out T value)
    {
        var index = text.Length == 0 ? -1 : Array.IndexOf(words, text);
        value = index < 0 ? default : _values[index];
        return index >= 0;
    }
}
