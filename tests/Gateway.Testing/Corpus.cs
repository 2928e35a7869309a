using System.IO.Compression;
using System.Text.Json;

namespace Gateway.Testing;

/// <summary>One capture of the corpus, as its index describes it.</summary>
/// <param name="Name">Folder and file.</param>
/// <param name="Path">Where it is.</param>
/// <param name="Packets">Records, as counted by tshark.</param>
/// <param name="Protocols">Frames by protocol.</param>
/// <param name="OraclePath">What tshark says of it.</param>
public sealed record CorpusFile(string Name, string Path, int Packets, IReadOnlyDictionary<string, int> Protocols, string OraclePath)
{
    public override string ToString() => Name;

    /// <summary>What tshark read: frame number, protocol, source and destination port, fields. Each field has one value or more.</summary>
    public IEnumerable<(int Frame, string Protocol, IReadOnlyDictionary<string, IReadOnlyList<string>> Fields)> Oracle()
    {
        using var file = File.OpenRead(OraclePath);
        using var zip = new GZipStream(file, CompressionMode.Decompress);
        using var document = JsonDocument.Parse(zip);
        foreach (var pdu in document.RootElement.GetProperty("pdus").EnumerateArray())
        {
            var fields = pdu[4].EnumerateObject().ToDictionary(field => field.Name, field => Values(field.Value));
            yield return (pdu[0].GetInt32(), pdu[1].GetString()!, fields);
        }
    }

    private static IReadOnlyList<string> Values(JsonElement value) => value.ValueKind == JsonValueKind.Array
        ? [.. value.EnumerateArray().Select(item => item.ToString())]
        : [value.ToString()];
}

/// <summary>The captures beside the project.</summary>
public static class Corpus
{
    /// <summary>All captures, or the test is skipped by name where there are none.</summary>
    public static IReadOnlyList<CorpusFile> All()
    {
        var corpus = Need.Corpus();
        using var index = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(corpus, "index.json")));
        return [.. index.RootElement.EnumerateArray().Select(entry => Read(corpus, entry))];
    }

    /// <summary>Captures that have frames of a protocol, by tshark's name for it.</summary>
    public static IReadOnlyList<CorpusFile> With(string protocol) => [.. All().Where(capture => capture.Protocols.ContainsKey(protocol))];

    private static CorpusFile Read(string corpus, JsonElement entry)
    {
        var name = entry.GetProperty("file").GetString()!;
        return new CorpusFile(
            name,
            Path.Combine(corpus, name),
            entry.GetProperty("packets").GetInt32(),
            entry.GetProperty("protocols").EnumerateObject().ToDictionary(protocol => protocol.Name, protocol => protocol.Value.GetInt32()),
            Path.Combine(corpus, "..", "oracle", entry.GetProperty("oracle").GetString()!));
    }
}
