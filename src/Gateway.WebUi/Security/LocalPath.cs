namespace Gateway.WebUi.Security;

/// <summary>A path of this site that came in a request and may be followed.</summary>
internal static class LocalPath
{
    private const int MaxLength = 512;

    /// <summary>The path, or <c>/</c> when it leads elsewhere: <c>//host</c> and <c>/\host</c> are other hosts to a browser.</summary>
    public static string Or(string? path) =>
        path is { Length: > 0 and <= MaxLength } && path[0] == '/' && !path.AsSpan(1).StartsWith("/") && !path.Contains('\\')
            && !path.Any(char.IsControl) && !path.Any(c => c > '~')
            ? path
            : "/";
}
