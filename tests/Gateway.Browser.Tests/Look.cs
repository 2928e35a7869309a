using Microsoft.Playwright;

namespace Gateway.Browser.Tests;

/// <summary>What a person looks through.</summary>
public sealed record Look
{
    /// <summary>Language of the browser.</summary>
    public string Language { get; init; } = "en";

    public Screen Screen { get; init; } = Screen.Desktop;

    public Colours Colours { get; init; } = Colours.Light;

    public bool Script { get; init; } = true;
}

/// <summary>Sizes of screens in CSS pixels.</summary>
public sealed record Screen(string Name, int Width, int Height)
{
    /// <summary>The one beside the cabinet.</summary>
    public static readonly Screen Desktop = new("desktop", 1280, 800);

    /// <summary>A tablet held upright.</summary>
    public static readonly Screen Tablet = new("tablet", 800, 1280);

    public static readonly Screen Phone = new("phone", 390, 844);

    /// <summary>The narrowest that must do without scrolling sideways: 1280 at 400 % (WCAG 2.2, 1.4.10).</summary>
    public static readonly Screen Narrow = new("narrow", 320, 640);

    public static readonly IReadOnlyList<Screen> All = [Desktop, Tablet, Phone, Narrow];
}

/// <summary>Colours that the system of the browser asks for; the pages follow it unless told otherwise.</summary>
public enum Colours
{
    Light,
    Dark,
    Contrast,
}

internal static class ColoursOfPage
{
    public static Task ShowAsync(this IPage page, Colours colours) => page.EmulateMediaAsync(new()
    {
        ColorScheme = colours == Colours.Light ? ColorScheme.Light : ColorScheme.Dark,
        Contrast = colours == Colours.Contrast ? Contrast.More : Contrast.NoPreference,
        ReducedMotion = ReducedMotion.Reduce,
    });
}
