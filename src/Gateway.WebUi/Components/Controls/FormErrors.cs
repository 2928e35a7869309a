using System.Globalization;
using System.Net;
using Gateway.Core.Api;
using Gateway.WebUi.Api;
using Gateway.WebUi.Wording;

namespace Gateway.WebUi.Components.Controls;

/// <summary>What is wrong with a form that was sent: by field, and as a whole.</summary>
public sealed class FormErrors
{
    private readonly Dictionary<string, string> _byField = new(StringComparer.Ordinal);

    /// <summary>What is wrong as a whole; null when nothing is.</summary>
    public string? Form { get; private set; }

    public bool None => Form is null && _byField.Count == 0;

    public string? this[string field] => _byField.GetValueOrDefault(field);

    /// <summary>First message wins: it is the one a person would correct first.</summary>
    public void Add(string field, string message) => _byField.TryAdd(field, message);

    public void AddForm(string message) => Form ??= message;

    /// <summary>Notes that a field with content is needed.</summary>
    public void Require(Texts T, string field, string? value)
    {
        if (string.IsNullOrWhiteSpace(value))
            Add(field, T.Pick("needed", field));
    }

    /// <summary>Takes over what the service said.</summary>
    /// <param name="T">Texts of the reader.</param>
    /// <param name="refused">Its answer.</param>
    /// <param name="fields">Fields that the form shows; messages for others go to the form as a whole.</param>
    public void Add(Texts T, ServiceRefusedException refused, params ReadOnlySpan<string> fields)
    {
        foreach (var error in refused.Problem.Errors ?? [])
        {
            if (fields.Contains(error.Field))
                Add(error.Field, Message(T, refused.Status, error));
            else
                AddForm(T["form.refused", $"{error.Field}: {error.Message}"]);
        }
        if (None)
            AddForm(Whole(T, refused));
    }

    // The service speaks English and names the value. In other languages the rule stands first, in that language.
    private static string Message(Texts T, HttpStatusCode status, FieldErrorView error)
    {
        if (T.Language == UiLanguage.English)
            return error.Message;
        var rule = status == HttpStatusCode.Conflict ? T.Pick("taken", error.Field) : T.Pick("rule", error.Field);
        return $"{rule} ({error.Message})";
    }

    private static string Whole(Texts T, ServiceRefusedException refused) => refused.Status switch
    {
        HttpStatusCode.TooManyRequests => T["form.too-often", Seconds(refused.RetryAfter)],
        HttpStatusCode.Forbidden => T["form.role"],
        HttpStatusCode.Conflict => T["form.conflict"],
        HttpStatusCode.ServiceUnavailable => T["form.journal"],
        _ => T["form.refused", refused.Problem.Detail ?? refused.Problem.Title ?? ""],
    };

    private static string Seconds(TimeSpan? wait) =>
        ((int)Math.Ceiling((wait ?? TimeSpan.FromSeconds(1)).TotalSeconds)).ToString(CultureInfo.InvariantCulture);
}
