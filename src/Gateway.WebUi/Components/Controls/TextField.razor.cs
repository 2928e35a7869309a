using Microsoft.AspNetCore.Components;

namespace Gateway.WebUi.Components.Controls;

/// <summary>A field of a form: label, hint, what is wrong, and the value that was sent. Its id is its name in the form.</summary>
public sealed partial class TextField : ComponentBase
{
    [Parameter, EditorRequired]
    public required string Name { get; set; }

    [Parameter, EditorRequired]
    public required string Label { get; set; }

    [Parameter]
    public string? Hint { get; set; }

    /// <summary>What is wrong; null when nothing is.</summary>
    [Parameter]
    public string? Error { get; set; }

    /// <summary>Kept after an error, except for passwords.</summary>
    [Parameter]
    public string? Value { get; set; }

    [Parameter]
    public string Type { get; set; } = "text";

    [Parameter]
    public string Autocomplete { get; set; } = "off";

    [Parameter]
    public int MaxLength { get; set; } = 80;

    [Parameter]
    public int Lines { get; set; } = 1;

    [Parameter]
    public bool Optional { get; set; }

    private string? Invalid => Error is null ? null : "true";

    private string? DescribedBy => (Hint, Error) switch
    {
        (null, null) => null,
        (_, null) => $"{Name}-hint",
        (null, _) => $"{Name}-error",
        _ => $"{Name}-error {Name}-hint",
    };
}
