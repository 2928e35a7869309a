using Gateway.Core.Api;
using Gateway.WebUi.Wording;

namespace Gateway.WebUi;

/// <summary>What is known about the request at hand before its page is made. Filled step by step on the way in; one per request.</summary>
public sealed class PageState
{
    public UiLanguage Language { get; set; } = UiLanguage.English;

    public Appearance Appearance { get; set; }

    /// <summary>Token of the session; null without one.</summary>
    public string? Token { get; set; }

    /// <summary>Ends when the browser has gone.</summary>
    public CancellationToken Aborted { get; set; }

    /// <summary>Address the browser comes from.</summary>
    public string? RemoteAddress { get; set; }

    public SessionView? Session { get; set; }

    /// <summary>Site, version and whether it is claimed; null while the service is away.</summary>
    public BoxPublicView? Public { get; set; }

    /// <summary>The box; null before sign-in.</summary>
    public BoxView? Box { get; set; }

    /// <summary>Whether the person may change anything.</summary>
    public bool MayAct => Session is { Role: not "auditor" };
}

/// <summary>Colours of the pages. Automatic follows the system of the browser.</summary>
public enum Appearance
{
    Automatic = 0,
    Light = 1,
    Dark = 2,
    Contrast = 3,
}
