using System.Diagnostics.CodeAnalysis;

namespace Gateway.Core.Policy;

/// <summary>Something in a document that must be put right before it can be used.</summary>
/// <param name="Line">Line, from 1; 0 when it concerns no line.</param>
/// <param name="Field">Path of the field, <c>grants[2].allow[0].port</c>; empty for the whole document.</param>
/// <param name="Value">Value found, shortened and printable; empty when there is none.</param>
/// <param name="Message">What is wrong and what would be right.</param>
public sealed record PolicyError(int Line, string Field, string Value, string Message)
{
    public override string ToString() => Finding.Format(Line, Field, Value, Message);
}

/// <summary>Something that is allowed but seldom meant. Fields as in <see cref="PolicyError"/>.</summary>
public sealed record PolicyWarning(int Line, string Field, string Value, string Message)
{
    public override string ToString() => Finding.Format(Line, Field, Value, Message);
}

/// <summary>What <see cref="SiteReader"/> makes of a text: a document without errors, or the errors.</summary>
/// <param name="Document">The document; null when there are errors.</param>
/// <param name="Errors">All errors, in the order of the lines, at most <see cref="PolicyLimits.MaxErrors"/>.</param>
/// <param name="Warnings">Warnings, in the order of the lines, at most as many.</param>
public sealed record SiteReadResult(
    SiteDocument? Document, IReadOnlyList<PolicyError> Errors, IReadOnlyList<PolicyWarning> Warnings)
{
    [MemberNotNullWhen(true, nameof(Document))]
    public bool Valid => Document is not null;
}

/// <summary>What <see cref="PolicyCompiler"/> makes of a document. Fields as in <see cref="SiteReadResult"/>.</summary>
public sealed record CompileResult(
    CompiledPolicy? Policy, IReadOnlyList<PolicyError> Errors, IReadOnlyList<PolicyWarning> Warnings)
{
    [MemberNotNullWhen(true, nameof(Policy))]
    public bool Valid => Policy is not null;
}

internal static class Finding
{
    /// <summary>Longest value shown; the rest of a long one says nothing more.</summary>
    private const int MaxShown = 80;

    public static string Format(int line, string field, string value, string message)
    {
        var place = line > 0 ? $"line {line}: " : "";
        var what = field.Length > 0 ? $"{field}: " : "";
        return value.Length > 0 ? $"{place}{what}'{value}': {message}" : $"{place}{what}{message}";
    }

    public static string Shorten(string value)
    {
        var cut = value.Length > MaxShown ? string.Concat(value.AsSpan(0, MaxShown), "...") : value;
        return LabelSet.IsPrintable(cut) ? cut : string.Concat(cut.Select(c => LabelSet.IsPrintable(c.ToString()) ? c : '?'));
    }
}
