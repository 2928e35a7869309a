namespace Gateway.WebUi.Wording;

/// <summary>A language of the pages. One resx each; the order is that of the switch.</summary>
/// <param name="Code">BCP 47 code, as in <c>lang</c>.</param>
/// <param name="OwnName">Its name in itself, never translated.</param>
public sealed record UiLanguage(string Code, string OwnName)
{
    public static readonly UiLanguage English = new("en", "English");

    public static readonly UiLanguage German = new("de", "Deutsch");

    public static readonly IReadOnlyList<UiLanguage> All = [English, German];

    public static UiLanguage? Find(string? code) => All.FirstOrDefault(language => language.Code == code);

    /// <summary>Which form of a plural stands with this number. French and Italian will differ here.</summary>
    public bool IsSingular(long count) => Math.Abs(count) == 1;
}
