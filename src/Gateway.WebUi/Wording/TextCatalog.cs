using System.Collections;
using System.Collections.Frozen;
using System.Globalization;
using System.Resources;

namespace Gateway.WebUi.Wording;

/// <summary>All texts of all languages, read once.</summary>
public sealed class TextCatalog
{
    private readonly FrozenDictionary<string, Texts> _texts;

    public TextCatalog()
    {
        var resources = new ResourceManager("Gateway.WebUi.Resources.Texts", typeof(TextCatalog).Assembly);
        _texts = UiLanguage.All.ToFrozenDictionary(language => language.Code, language => Read(resources, language));
    }

    public Texts this[UiLanguage language] => _texts[language.Code];

    private static Texts Read(ResourceManager resources, UiLanguage language)
    {
        var culture = language == UiLanguage.English ? CultureInfo.InvariantCulture : CultureInfo.GetCultureInfo(language.Code);
        var set = resources.GetResourceSet(culture, createIfNotExists: true, tryParents: false)
            ?? throw new MissingManifestResourceException($"the texts of the language '{language.Code}' are not in the program");
        return new Texts(language, set.Cast<DictionaryEntry>().ToFrozenDictionary(e => (string)e.Key, e => (string)e.Value!));
    }
}
