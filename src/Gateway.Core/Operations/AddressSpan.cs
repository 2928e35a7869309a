using System.Collections.Immutable;
using System.Globalization;

namespace Gateway.Core.Operations;

/// <summary>An inclusive span in a rule, written <c>7</c> or <c>512-1023</c>.</summary>
public readonly record struct AddressSpan(int First, int Last)
{
    /// <summary>Reads a span whose numbers are at most <paramref name="max"/>, the lower one first.</summary>
    public static bool TryParse(string? text, int max, out AddressSpan span)
    {
        span = default;
        if (text is null)
            return false;
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        var first = dash < 0 ? text.AsSpan() : text.AsSpan(0, dash);
        var last = dash < 0 ? first : text.AsSpan(dash + 1);
        if (!TryNumber(first, max, out var low) || !TryNumber(last, max, out var high) || low > high)
            return false;
        span = new AddressSpan(low, high);
        return true;
    }

    /// <summary>Sorts, and joins spans that overlap or touch, so that a request across a border inside them is covered and equal rules
    /// have one form.</summary>
    public static ImmutableArray<AddressSpan> Normalize(IEnumerable<AddressSpan> spans)
    {
        var builder = ImmutableArray.CreateBuilder<AddressSpan>();
        foreach (var span in spans.OrderBy(s => s.First))
        {
            if (builder.Count > 0 && span.First <= builder[^1].Last + 1)
                builder[^1] = new AddressSpan(builder[^1].First, Math.Max(builder[^1].Last, span.Last));
            else
                builder.Add(span);
        }
        return builder.ToImmutable();
    }

    public override string ToString() => First == Last
        ? First.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{First}-{Last}");

    private static bool TryNumber(ReadOnlySpan<char> text, int max, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= max;
}
