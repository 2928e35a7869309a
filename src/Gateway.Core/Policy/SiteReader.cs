using System.Text;
using Gateway.Core.Net;
using Gateway.Core.Policy.Reading;
using Gateway.Core.Policy.Yaml;

namespace Gateway.Core.Policy;

/// <summary>Reads a site or policy file. Every error is found in one go where it can be; no input makes it throw.</summary>
public static class SiteReader
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <param name="yaml">The text of the file.</param>
    public static SiteReadResult Read(string yaml)
    {
        ArgumentNullException.ThrowIfNull(yaml);
        if (yaml.Length > PolicyLimits.MaxDocumentBytes || Encoding.UTF8.GetByteCount(yaml) > PolicyLimits.MaxDocumentBytes)
            return Refused($"the document is longer than {PolicyLimits.MaxDocumentBytes} bytes; split the site");
        var report = new Report();
        var root = YamlLoader.Load(yaml, report);
        if (root is null)
            return new SiteReadResult(null, report.Errors(), []);
        var document = Document(root, report);
        var policy = PolicyCompiler.Compile(document, report);
        return new SiteReadResult(
            policy is null ? null : document,
            report.Errors(field => YamlPath.LineOf(root, field)),
            report.Warnings(field => YamlPath.LineOf(root, field)));
    }

    /// <param name="utf8">The bytes of the file; anything but UTF-8 is refused.</param>
    public static SiteReadResult Read(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > PolicyLimits.MaxDocumentBytes)
            return Refused($"the document is longer than {PolicyLimits.MaxDocumentBytes} bytes; split the site");
        try
        {
            return Read(Strict.GetString(utf8));
        }
        catch (DecoderFallbackException e)
        {
            return Refused($"byte {e.Index} is not UTF-8; save the file as UTF-8");
        }
    }

    /// <summary>Reads the file at <paramref name="path"/>. A file that cannot be read is an error in the result, too.</summary>
    public static SiteReadResult ReadFile(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            // One byte more than allowed tells that there is more, whatever the length of the file is said to be.
            var bytes = new byte[PolicyLimits.MaxDocumentBytes + 1];
            return Read(bytes.AsSpan(0, file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            return Refused($"the file {path} cannot be read: {e.Message}");
        }
    }

    private static SiteDocument Document(YamlValue root, Report report)
    {
        var fields = FieldReader.Open(root, SiteFormat.Root, "", report);
        var entities = new EntityReader(report);
        var grants = new GrantReader(report);
        fields.Number("version", SiteDocument.FormatVersion, SiteDocument.FormatVersion, SiteDocument.FormatVersion);
        var document = new SiteDocument
        {
            Site = fields.Text("site"),
            Links = fields.List("links", PolicyLimits.MaxLinks, entities.Link),
            Fabrics = fields.List("fabrics", PolicyLimits.MaxFabrics, entities.Fabric),
            Devices = fields.List("devices", PolicyLimits.MaxDevices, entities.Device),
            Peers = fields.List("peers", PolicyLimits.MaxPeers, entities.Peer),
            Services = fields.List("services", PolicyLimits.MaxServices, entities.Service),
            Callers = fields.List("callers", PolicyLimits.MaxCallers, entities.Caller),
            Grants = fields.List("grants", PolicyLimits.MaxGrants, grants.Grant),
        };
        var segments = fields.Optional<Ipv4Prefix>("segments", Ipv4Prefix.TryParse, "a range of addresses such as 100.64.0.0/16");
        return segments is { } range ? document with { Segments = range } : document;
    }

    private static SiteReadResult Refused(string message) => new(null, [new PolicyError(0, "", "", message)], []);
}
