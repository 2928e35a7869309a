#nullable enable
using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>Makes the files that browsers get from wwwroot: style sheets joined into app.css, every name with the hash of its content,
/// texts compressed once, here. MSBuild compiles this file itself (RoslynCodeTaskFactory); it is no part of the program.</summary>
public sealed class PackAssets : Task
{
    private static readonly string[] CompressedKinds = { ".css", ".js", ".svg" };

    /// <summary>Folder with the sources.</summary>
    [Required]
    public string Folder { get; set; } = "";

    /// <summary>Folder for the results; emptied first.</summary>
    [Required]
    public string Output { get; set; } = "";

    public override bool Execute()
    {
        if (Directory.Exists(Output))
            Directory.Delete(Output, true);
        Directory.CreateDirectory(Output);
        var index = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var sheets = new List<string>();
        foreach (var file in Directory.GetFiles(Folder, "*", SearchOption.AllDirectories).OrderBy(f => f, StringComparer.Ordinal))
        {
            if (file.EndsWith(".css", StringComparison.Ordinal))
                sheets.Add(file);
            else if (!file.EndsWith(".txt", StringComparison.Ordinal))
                index[Path.GetFileName(file)] = Write(Path.GetFileName(file), File.ReadAllBytes(file));
        }
        var css = Slim(string.Concat(sheets.Select(File.ReadAllText)));
        index["app.css"] = Write("app.css", Encoding.UTF8.GetBytes(WithHashedNames(css, index)));
        File.WriteAllLines(Path.Combine(Output, "index.txt"), index.Select(pair => pair.Key + " " + pair.Value));
        return !Log.HasLoggedErrors;
    }

    private string WithHashedNames(string css, IDictionary<string, string> index) => Regex.Replace(css, "url\\(\"([^\"]+)\"\\)", match =>
    {
        if (index.TryGetValue(match.Groups[1].Value, out var hashed))
            return "url(\"" + hashed + "\")";
        Log.LogError("a style sheet names '{0}', which is not in {1}", match.Groups[1].Value, Folder);
        return match.Value;
    });

    private static string Slim(string css)
    {
        var bare = Regex.Replace(css, @"/\*.*?\*/", "", RegexOptions.Singleline);
        return string.Join("\n", bare.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0)) + "\n";
    }

    private string Write(string name, byte[] content)
    {
        var hashed = Path.GetFileNameWithoutExtension(name) + "." + Hash(content) + Path.GetExtension(name);
        var path = Path.Combine(Output, hashed);
        File.WriteAllBytes(path, content);
        if (CompressedKinds.Contains(Path.GetExtension(name)))
        {
            File.WriteAllBytes(path + ".br", Compress(content, BrotliType));
            File.WriteAllBytes(path + ".gz", Compress(content, typeof(GZipStream)));
        }
        return hashed;
    }

    // The task is compiled against .NET Standard 2.0, which does not know Brotli; the runtime it runs on does.
    private static Type BrotliType => Type.GetType("System.IO.Compression.BrotliStream, System.IO.Compression.Brotli", true)!;

    private static byte[] Compress(byte[] content, Type kind)
    {
        const CompressionLevel smallest = (CompressionLevel)3;
        using var result = new MemoryStream();
        using (var stream = (Stream)Activator.CreateInstance(kind, result, smallest)!)
            stream.Write(content, 0, content.Length);
        return result.ToArray();
    }

    private static string Hash(byte[] content)
    {
        using var sha = SHA256.Create();
        return BitConverter.ToString(sha.ComputeHash(content), 0, 5).Replace("-", "").ToLowerInvariant();
    }
}
