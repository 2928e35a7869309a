using System.Diagnostics.CodeAnalysis;

namespace Gateway.Core.Identity;

/// <summary>What an identity stands for; the first word of its path.</summary>
public enum SpiffeKind
{
    /// <summary>The site's authority itself: <c>spiffe://SITE</c>, no path (X.509-SVID, section 4.1: a signing certificate has none).</summary>
    Site = 0,

    /// <summary>A sealed device: <c>/ot/SEGMENT/DEVICE</c>.</summary>
    Device = 1,

    /// <summary>A person or program that calls devices: <c>/client/NAME</c>.</summary>
    Client = 2,

    /// <summary>A gateway, which enrols the devices of its segment: <c>/gateway/NAME</c>.</summary>
    Gateway = 3,

    /// <summary>A hub of the fabric: <c>/hub/NAME</c>.</summary>
    Hub = 4,
}

/// <summary>An identity of the site in the form of the SPIFFE-ID standard, limited to the five forms that this system issues.
/// Two ids are equal when their texts are equal.</summary>
public sealed record SpiffeId
{
    /// <summary>Longest id, in bytes (SPIFFE-ID, section 2.3).</summary>
    public const int MaxLengthBytes = 2048;

    /// <summary>Longest trust domain, in bytes (SPIFFE-ID, section 2.1).</summary>
    public const int MaxSiteLength = 255;

    /// <summary>Longest name: one label of a host name (RFC 1035, section 2.3.4), because names are dialled like host names.</summary>
    public const int MaxNameLength = 63;

    private const string Scheme = "spiffe://";
    private const string DevicePath = "ot";
    private const string ClientPath = "client";
    private const string GatewayPath = "gateway";
    private const string HubPath = "hub";

    private SpiffeId(string site, SpiffeKind kind, string segment, string name) =>
        (Site, Kind, Segment, Name) = (site, kind, segment, name);

    /// <summary>Trust domain.</summary>
    public string Site { get; }

    public SpiffeKind Kind { get; }

    /// <summary>Segment of a device, which is the name of its gateway; empty for every other kind.</summary>
    public string Segment { get; }

    /// <summary>Last word of the path; empty for the site itself.</summary>
    public string Name { get; }

    /// <exception cref="FormatException">A word cannot stand in an id; the message says which and why.</exception>
    public static SpiffeId ForSite(string site) => Make(site, SpiffeKind.Site, "", "");

    /// <inheritdoc cref="ForSite"/>
    public static SpiffeId ForDevice(string site, string segment, string device) => Make(site, SpiffeKind.Device, segment, device);

    /// <inheritdoc cref="ForSite"/>
    public static SpiffeId ForClient(string site, string name) => Make(site, SpiffeKind.Client, "", name);

    /// <inheritdoc cref="ForSite"/>
    public static SpiffeId ForGateway(string site, string name) => Make(site, SpiffeKind.Gateway, "", name);

    /// <inheritdoc cref="ForSite"/>
    public static SpiffeId ForHub(string site, string name) => Make(site, SpiffeKind.Hub, "", name);

    /// <exception cref="FormatException">The text is no such id; the message says why.</exception>
    public static SpiffeId Parse(string text) => TryParse(text, out var id, out var wrong) ? id : throw new FormatException(wrong);

    /// <summary>Reads one of the five forms. Case, ports, queries, percent signs, empty or dotted path segments and a trailing slash
    /// are refused as the standard asks (SPIFFE-ID, sections 2.1 and 2.2), not repaired.</summary>
    /// <param name="text">Text of the id.</param>
    /// <param name="id">The id.</param>
    /// <param name="wrong">What is wrong and what would be right.</param>
    public static bool TryParse(string? text, [NotNullWhen(true)] out SpiffeId? id, [NotNullWhen(false)] out string? wrong)
    {
        id = null;
        if (text is null || text.Length is 0 or > MaxLengthBytes)
            wrong = $"an id has 1 to {MaxLengthBytes} characters, not {text?.Length ?? 0}";
        else if (!text.StartsWith(Scheme, StringComparison.Ordinal))
            wrong = $"'{text}' does not begin with {Scheme}";
        else
            id = Read(text, text[Scheme.Length..].Split('/'), out wrong);
        return id is not null;
    }

    /// <summary>Null when the text can be the name of a client, gateway, hub, segment, device, group or service, else what is wrong.</summary>
    public static string? CheckName(string? name)
    {
        if (name is null || name.Length is 0 or > MaxNameLength)
            return $"a name has 1 to {MaxNameLength} characters; '{name}' has {name?.Length ?? 0}";
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '-')
                return $"'{c}' cannot stand in the name '{name}'; use lower-case letters, digits and hyphens, for example plc-7";
        }
        return name[0] != '-' && name[^1] != '-' ? null : $"'{name}' must begin and end with a letter or digit, for example plc-7";
    }

    /// <summary>Null when the text can be a site (SPIFFE trust domain), else what is wrong.</summary>
    public static string? CheckSite(string? site)
    {
        if (site is null || site.Length is 0 or > MaxSiteLength)
            return $"a site has 1 to {MaxSiteLength} characters; '{site}' has {site?.Length ?? 0}";
        foreach (var c in site)
        {
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c is not ('-' or '.' or '_'))
                return $"'{c}' cannot stand in the site '{site}'; use lower-case letters, digits, '.', '-' and '_', for example plant-3";
        }
        return null;
    }

    public override string ToString() => Kind switch
    {
        SpiffeKind.Site => $"{Scheme}{Site}",
        SpiffeKind.Device => $"{Scheme}{Site}/{DevicePath}/{Segment}/{Name}",
        SpiffeKind.Client => $"{Scheme}{Site}/{ClientPath}/{Name}",
        SpiffeKind.Gateway => $"{Scheme}{Site}/{GatewayPath}/{Name}",
        _ => $"{Scheme}{Site}/{HubPath}/{Name}",
    };

    private static SpiffeId? Read(string text, string[] parts, out string? wrong)
    {
        var (kind, segment, name) = parts switch
        {
            [_] => (SpiffeKind.Site, "", ""),
            [_, DevicePath, var s, var n] => (SpiffeKind.Device, s, n),
            [_, ClientPath, var n] => (SpiffeKind.Client, "", n),
            [_, GatewayPath, var n] => (SpiffeKind.Gateway, "", n),
            [_, HubPath, var n] => (SpiffeKind.Hub, "", n),
            _ => ((SpiffeKind)(-1), "", ""),
        };
        wrong = (int)kind < 0
            ? $"'{text}' is none of spiffe://SITE, /ot/SEGMENT/DEVICE, /client/NAME, /gateway/NAME, /hub/NAME"
            : Check(parts[0], kind, segment, name);
        return wrong is null ? new SpiffeId(parts[0], kind, segment, name) : null;
    }

    private static SpiffeId Make(string site, SpiffeKind kind, string segment, string name) =>
        Check(site, kind, segment, name) is { } wrong ? throw new FormatException(wrong) : new SpiffeId(site, kind, segment, name);

    private static string? Check(string site, SpiffeKind kind, string segment, string name) =>
        CheckSite(site)
        ?? (kind == SpiffeKind.Device ? CheckName(segment) : null)
        ?? (kind == SpiffeKind.Site ? null : CheckName(name));
}
