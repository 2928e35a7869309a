using System.Globalization;
using System.Text;
using Gateway.Core.Discovery;

namespace Gateway.Dataplane.Observers;

/// <summary>Makes text that a device sent fit to be kept and shown: bounded, and without characters that move the cursor, break the
/// line or turn the direction of writing.</summary>
internal static class ObservedText
{
    /// <param name="utf8">Bytes as sent; what is no UTF-8 becomes U+FFFD.</param>
    /// <returns>At most <see cref="Observation.MaxValueLength"/> characters without white space at the ends; may be empty.</returns>
    public static string Read(ReadOnlySpan<byte> utf8)
    {
        Span<char> text = stackalloc char[Observation.MaxValueLength];
        var length = 0;
        var left = utf8.TrimEnd((byte)0);
        while (!left.IsEmpty)
        {
            Rune.DecodeFromUtf8(left, out var rune, out var consumed);
            left = left[consumed..];
            if (!Clean(rune).TryEncodeToUtf16(text[length..], out var written))
                break;
            length += written;
        }
        return text[..length].Trim().ToString();
    }

    private static Rune Clean(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => new Rune(' '),
        UnicodeCategory.Control => Rune.IsWhiteSpace(rune) ? new Rune(' ') : Rune.ReplacementChar,
        UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned => Rune.ReplacementChar,
        _ => rune,
    };
}
