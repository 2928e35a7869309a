using System.Text.Json;
using System.Text.RegularExpressions;
using Gateway.Core.Api;

namespace Gateway.Service.Api;

/// <summary>Says which field of a request cannot be read, in place of the words of the reader.</summary>
internal static partial class BadRequests
{
    /// <summary>Names that are looked for in the reader's words; they are short, and so is what is made of them.</summary>
    private const int MaxTextLength = 200;

    public static ProblemView Describe(BadHttpRequestException bad)
    {
        var errors = bad.InnerException is JsonException json ? OfJson(json) : OfParameter(bad.Message);
        var detail = errors.Count > 0 ? $"{errors[0].Field}: {errors[0].Message}" : Cut(bad.Message);
        return new ProblemView("bad request", bad.StatusCode, detail, errors);
    }

    private static IReadOnlyList<FieldErrorView> OfJson(JsonException json)
    {
        var field = (json.Path ?? "").TrimStart('$').TrimStart('.');
        if (Missing().Match(json.Message) is { Success: true } missing)
            return [.. missing.Groups[1].Value.Split(',').Select(name => name.Trim(' ', '\'', '.'))
                .Select(name => new FieldErrorView(name, null, "is missing; this request needs it"))];
        if (Unknown().Match(json.Message) is { Success: true } unknown)
            return [new FieldErrorView(field.Length > 0 ? field : unknown.Groups[1].Value, null, "there is no such field in this request; leave it out, or look for a typing error")];
        return field.Length > 0
            ? [new FieldErrorView(field, null, $"cannot be read at byte {json.BytePositionInLine} of line {json.LineNumber + 1}; docs/api.md and openapi.json say what stands there")]
            : [new FieldErrorView("body", null, "is no JSON object; docs/api.md and openapi.json say what stands there")];
    }

    private static IReadOnlyList<FieldErrorView> OfParameter(string message) => Parameter().Match(message) is { Success: true } match
        ? [new FieldErrorView(match.Groups[2].Value, Cut(match.Groups[3].Value), $"'{Cut(match.Groups[3].Value)}' is no {(match.Groups[1].Value.Contains("bool", StringComparison.OrdinalIgnoreCase) ? "true or false" : "number")}")]
        : [];

    private static string Cut(string text) => text.Length <= MaxTextLength ? text : text[..MaxTextLength];

    [GeneratedRegex("missing required properties including: (.+?)\\.?$")]
    private static partial Regex Missing();

    [GeneratedRegex("JSON property '([^']*)' could not be mapped")]
    private static partial Regex Unknown();

    [GeneratedRegex("Failed to bind parameter \"(.*) (\\w+)\" from \"(.*)\"")]
    private static partial Regex Parameter();
}
