using System.Text;
using Gateway.Core.Identity;

namespace Gateway.Fuzz.Targets;

internal static class SpiffeIdTarget
{
    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        var text = Encoding.UTF8.GetString(data);
        var read = SpiffeId.TryParse(text, out var id, out var wrong);
        Promise.Keep(read == (wrong is null) && read == (id is not null), "an id or what is wrong, never both");
        if (!read)
            return;
        Promise.Keep(id!.ToString() == text, "an id has one spelling");
        Promise.Keep(
            SpiffeId.CheckSite(id.Site) is null && (id.Kind == SpiffeKind.Site ? id.Name.Length == 0 : SpiffeId.CheckName(id.Name) is null)
            && (id.Kind == SpiffeKind.Device ? SpiffeId.CheckName(id.Segment) is null : id.Segment.Length == 0),
            "every word of an id can be a name");
    }
}
