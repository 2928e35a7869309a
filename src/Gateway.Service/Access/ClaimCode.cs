using System.Security.Cryptography;
using System.Text;

namespace Gateway.Service.Access;

/// <summary>The one-time code with which the first account is made. Made at the first start, kept in a file that only the box's owner
/// reads, gone once used. There is no default password.</summary>
internal sealed class ClaimCode(string path)
{
    private const int Groups = 3;
    private const int GroupLength = 4;

    /// <summary>Without letters and digits that look alike.</summary>
    private const string Alphabet = "ABCDEFGHJKMNPQRSTUVWXYZ23456789";

    /// <summary>The code, made if there is none yet.</summary>
    public string Ensure()
    {
        if (File.Exists(path))
            return File.ReadAllText(path).Trim();
        var code = string.Join('-', Enumerable.Range(0, Groups).Select(_ => RandomNumberGenerator.GetString(Alphabet, GroupLength)));
        using (var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            file.Write(Encoding.ASCII.GetBytes(code + "\n"));
            file.Flush(flushToDisk: true);
        }
        return code;
    }

    /// <summary>Whether the text is the code, however it is spaced and whatever its case.</summary>
    public bool Matches(string text) => File.Exists(path) && CryptographicOperations.FixedTimeEquals(Normalize(text), Normalize(File.ReadAllText(path)));

    /// <summary>Makes the code worthless.</summary>
    public void Spend() => File.Delete(path);

    private static byte[] Normalize(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(text.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant()));
}
