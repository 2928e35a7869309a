#nullable enable
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>Holds the languages together: every key in every language with the same placeholders, every key that the code uses in the
/// resources, and no key that the code does not use. MSBuild compiles this file itself (RoslynCodeTaskFactory).</summary>
public sealed class CheckTexts : Task
{
    private const string Neutral = "Texts.resx";

    private static readonly Regex Placeholder = new Regex(@"\{(\w+)\}");

    /// <summary>Texts.resx and one Texts.LANGUAGE.resx for each further language.</summary>
    [Required]
    public ITaskItem[] Resources { get; set; } = Array.Empty<ITaskItem>();

    /// <summary>Code that uses the texts, as T["key"], T.Count("key", …) or T.Pick("family", …).</summary>
    [Required]
    public ITaskItem[] Sources { get; set; } = Array.Empty<ITaskItem>();

    public override bool Execute()
    {
        var neutralPath = Resources.Select(item => item.ItemSpec).Single(path => Path.GetFileName(path) == Neutral);
        var neutral = Read(neutralPath);
        foreach (var path in Resources.Select(item => item.ItemSpec).Where(path => path != neutralPath))
            Compare(neutral, Read(path), path, neutralPath);
        CheckUses(neutral, neutralPath);
        return !Log.HasLoggedErrors;
    }

    private Dictionary<string, string> Read(string path)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var data in XDocument.Load(path).Root!.Elements("data"))
        {
            var key = (string)data.Attribute("name")!;
            var text = (string?)data.Element("value") ?? "";
            if (texts.ContainsKey(key))
                Report(path, "the key '{0}' stands twice", key);
            if (text.Trim().Length == 0)
                Report(path, "the key '{0}' has no text", key);
            texts[key] = text;
        }
        return texts;
    }

    private void Compare(Dictionary<string, string> neutral, Dictionary<string, string> other, string path, string neutralPath)
    {
        foreach (var key in neutral.Keys.Except(other.Keys))
            Report(path, "the key '{0}' of {1} is missing", key, Neutral);
        foreach (var key in other.Keys.Except(neutral.Keys))
            Report(path, "the key '{0}' is not in {1}", key, Neutral);
        foreach (var key in neutral.Keys.Intersect(other.Keys))
        {
            if (!Placeholders(neutral[key]).SetEquals(Placeholders(other[key])))
                Report(path, "the text of '{0}' has other placeholders than in {1}", key, Path.GetFileName(neutralPath));
        }
    }

    private static HashSet<string> Placeholders(string text) =>
        new HashSet<string>(Placeholder.Matches(text).Cast<Match>().Select(match => match.Groups[1].Value));

    private void CheckUses(Dictionary<string, string> neutral, string neutralPath)
    {
        var used = new HashSet<string>(StringComparer.Ordinal);
        var families = new List<string>();
        foreach (var path in Sources.Select(item => item.ItemSpec))
        {
            foreach (Match use in Regex.Matches(File.ReadAllText(path), @"\bT(\[|\.Count\(|\.Pick\()\s*(""([^""]*)"")?"))
            {
                if (!use.Groups[2].Success)
                    Report(path, "'{0}' names no key as a literal, so no build could check it", use.Value);
                else if (use.Groups[1].Value == ".Pick(")
                    families.Add(Needed(use.Groups[3].Value + ".other", path));
                else if (use.Groups[1].Value == ".Count(")
                    used.UnionWith(new[] { Needed(use.Groups[3].Value + ".one", path), Needed(use.Groups[3].Value + ".many", path) });
                else
                    used.Add(Needed(use.Groups[3].Value, path));
            }
        }
        foreach (var key in neutral.Keys.Where(key => !used.Contains(key) && !families.Any(family => InFamily(key, family))))
            Report(neutralPath, "no code uses the key '{0}'", key);

        string Needed(string key, string path)
        {
            if (!neutral.ContainsKey(key))
                Report(path, "the code uses the key '{0}', which {1} does not have", key, Neutral);
            return key;
        }
    }

    // The family of "state.other" is every "state.x" with nothing further behind x.
    private static bool InFamily(string key, string other)
    {
        var prefix = other.Substring(0, other.Length - "other".Length);
        return key.StartsWith(prefix, StringComparison.Ordinal) && key.IndexOf('.', prefix.Length) < 0;
    }

    private void Report(string path, string message, params object[] values) =>
        Log.LogError(null, "TEXT1", null, path, 0, 0, 0, 0, message, values);
}
