using Gateway.Core.Api;

namespace Gateway.WebUi.Wording;

/// <summary>The gateway's guess in words, always with its reasons: a person decides, and must see on what ground.</summary>
internal static class GuessWords
{
    /// <summary>Below this confidence the pages say "not sure".</summary>
    private const int NotSure = 30;

    private const int QuiteSure = 80;

    /// <summary>"PLC, fairly sure. Because: maker Siemens, announces _rtsp._tcp."</summary>
    public static string Sentence(Texts T, GuessView guess)
    {
        if (guess.Confidence <= 0)
            return T["guess.none"];
        var sure = guess.Confidence < NotSure ? T["guess.not-sure"]
            : guess.Confidence < QuiteSure ? T["guess.fairly-sure"]
            : T["guess.quite-sure"];
        var sentence = T["guess.is", T.Pick("kind", guess.Kind), sure];
        return guess.Reasons.Count == 0 ? sentence : $"{sentence} {T["guess.because", Reasons(T, guess)]}";
    }

    private static string Reasons(Texts T, GuessView guess) =>
        string.Join(", ", guess.Reasons.Select(reason => T.Pick("reason", reason.Key, reason.Value, reason.Key)));
}
