namespace Gateway.WebUi.Rows;

/// <summary>A part of a page that can change while it is open: the same values make the HTML on the server and the change that live.js
/// applies, so the two cannot differ. Only texts, class names and links of this site; never HTML.</summary>
/// <param name="Id">Id of the element.</param>
public sealed record LiveRow(string Id)
{
    /// <summary>Class of the element; null leaves it as it is.</summary>
    public string? Class { get; init; }

    /// <summary>List to which the element is added from its template when it is not on the page; null: then it is left out.</summary>
    public string? List { get; init; }

    /// <summary>Text by the name in <c>data-t</c>.</summary>
    public IReadOnlyDictionary<string, string> Texts { get; init; } = EmptyTexts;

    /// <summary>Address by the name in <c>data-h</c>; an empty one takes the link away.</summary>
    public IReadOnlyDictionary<string, string> Links { get; init; } = EmptyTexts;

    private static readonly IReadOnlyDictionary<string, string> EmptyTexts = new Dictionary<string, string>();

    /// <summary>The address, or null for an attribute that is to be left out.</summary>
    public string? Link(string name) => Links.TryGetValue(name, out var link) && link.Length > 0 ? link : null;
}
