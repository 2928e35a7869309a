using System.Collections.Immutable;

namespace Gateway.Core.Policy;

/// <summary>Equality of lists by their items, for records: an immutable array by itself compares references.</summary>
internal static class Sequence
{
    public static bool Same<T>(ImmutableArray<T> left, ImmutableArray<T> right)
        where T : IEquatable<T> => left.AsSpan().SequenceEqual(right.AsSpan());
}
