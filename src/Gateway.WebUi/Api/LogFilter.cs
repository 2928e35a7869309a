using System.Text;
using Gateway.Core.Api;

namespace Gateway.WebUi.Api;

/// <summary>Which lines of the log are wanted; null means any. The same names stand in the address of the page and of the API.</summary>
public sealed record LogFilter(string? Device, string? Kind, string? Actor, string? Severity)
{
    public static readonly LogFilter None = new(null, null, null, null);

    public bool IsEmpty => this == None;

    /// <summary>The parts that are set, by name.</summary>
    public IEnumerable<(string Name, string Value)> Parts() =>
        new (string Name, string? Value)[] { ("device", Device), ("kind", Kind), ("actor", Actor), ("severity", Severity) }
            .Where(part => !string.IsNullOrEmpty(part.Value))
            .Select(part => (part.Name, part.Value!));

    /// <summary>This filter with one part set, or with null taken away.</summary>
    public LogFilter With(string name, string? value) => name switch
    {
        "device" => this with { Device = value },
        "kind" => this with { Kind = value },
        "actor" => this with { Actor = value },
        "severity" => this with { Severity = value },
        _ => throw new ArgumentException($"the log has no filter '{name}'", nameof(name)),
    };

    public bool Takes(LogEntryView entry) =>
        (Device is null || Device == entry.DeviceId) && (Kind is null || Kind == entry.Kind)
        && (Actor is null || Actor == entry.Actor) && (Severity is null || Severity == entry.Severity);

    /// <summary>As a query with <c>?</c>, further parts behind it; empty when nothing is set.</summary>
    public string Query(params ReadOnlySpan<(string Name, string? Value)> further)
    {
        var query = new StringBuilder();
        foreach (var (name, value) in Parts())
            Append(query, name, value);
        foreach (var (name, value) in further)
            Append(query, name, value);
        return query.ToString();
    }

    private static void Append(StringBuilder query, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            query.Append(query.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
    }
}
