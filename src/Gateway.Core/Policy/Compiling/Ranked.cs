using System.Collections.Immutable;

namespace Gateway.Core.Policy.Compiling;

/// <summary>The items of one list of a document in the order of their names, which is their order in the compiled policy.</summary>
internal sealed class Ranked<T>
{
    private readonly int[] _places;
    private readonly int[] _ranks;
    private readonly ImmutableArray<T> _items;

    public Ranked(ImmutableArray<T> items, Func<T, string> name)
    {
        _items = items;
        _places = [.. Enumerable.Range(0, items.Length).OrderBy(i => name(items[i]), StringComparer.Ordinal)];
        _ranks = new int[items.Length];
        for (var rank = 0; rank < _places.Length; rank++)
            _ranks[_places[rank]] = rank;
    }

    public int Count => _places.Length;

    /// <summary>The item at a rank.</summary>
    public T this[int rank] => _items[_places[rank]];

    /// <summary>Rank of the item at <paramref name="place"/> of the document's list.</summary>
    public int Rank(int place) => _ranks[place];

    /// <summary>Place in the document's list of the item at <paramref name="rank"/>.</summary>
    public int Place(int rank) => _places[rank];

    public ImmutableArray<TResult> Select<TResult>(Func<T, TResult> make) => [.. _places.Select(place => make(_items[place]))];
}
