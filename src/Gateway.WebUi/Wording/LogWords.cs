using System.Text;
using Gateway.Core.Api;

namespace Gateway.WebUi.Wording;

/// <summary>A line of the log in words, from its kind and values.</summary>
internal static class LogWords
{
    public static string Title(Texts T, string kind) => T.Pick("event", kind, kind);

    public static string Sentence(Texts T, LogEntryView entry) => T.Pick("log", entry.Kind, Values(T, entry));

    /// <summary>Why something was refused. The service may write the reason as in the list of reasons (NoGrant) or with hyphens.</summary>
    public static string Reason(Texts T, string reason) => T.Pick("drop", Hyphens(reason), reason);

    private static Dictionary<string, string> Values(Texts T, LogEntryView entry)
    {
        var values = new Dictionary<string, string>(entry.Values, StringComparer.Ordinal)
        {
            ["device"] = entry.DeviceName.Length > 0 ? entry.DeviceName : entry.DeviceId ?? "",
            ["actor"] = entry.Actor,
            ["kind"] = entry.Kind,
        };
        if (values.TryGetValue("reason", out var reason))
            values["reason"] = Reason(T, reason);
        if (values.TryGetValue("port", out var port))
            values["port"] = GrantWords.Port(T, port);
        if (values.TryGetValue("operation", out var operation))
            values["operation"] = T.Pick("operation", Hyphens(operation), operation);
        values["seen"] = values.GetValueOrDefault("seenMac") is { Length: > 0 } mac ? mac : values.GetValueOrDefault("seenAddress", "");
        return values;
    }

    private static string Hyphens(string word)
    {
        var result = new StringBuilder(word.Length + 4);
        foreach (var c in word)
        {
            if (char.IsAsciiLetterUpper(c) && result.Length > 0)
                result.Append('-');
            result.Append(char.ToLowerInvariant(c));
        }
        return result.ToString();
    }
}
