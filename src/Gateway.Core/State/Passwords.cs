using System.Globalization;
using System.Security.Cryptography;

namespace Gateway.Core.State;

/// <summary>Hashes and checks passwords: PBKDF2 with HMAC-SHA-256 (RFC 8018, section 5.2), 600,000 rounds or more (OWASP, 2023).
/// Form: <c>pbkdf2-sha256$ROUNDS$SALT$HASH</c>, base64.</summary>
public static class Passwords
{
    public const int LeastLength = 10;

    public const int MostLength = 128;

    private const int Rounds = 600_000;
    private const int SaltBytes = 16;
    private const int HashBytes = 32;
    private const string Scheme = "pbkdf2-sha256";

    /// <summary>Null when the text can be a password, else what is wrong.</summary>
    public static string? Check(string password) => password.Length is < LeastLength or > MostLength
        ? $"a password has {LeastLength} to {MostLength} characters; this has {password.Length}"
        : null;

    public static string Hash(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        var hash = Rfc2898DeriveBytes.Pbkdf2(password, salt, Rounds, HashAlgorithmName.SHA256, HashBytes);
        return string.Create(CultureInfo.InvariantCulture, $"{Scheme}${Rounds}${Convert.ToBase64String(salt)}${Convert.ToBase64String(hash)}");
    }

    /// <summary>Whether the password belongs to the hash. Takes the same time for a wrong one.</summary>
    public static bool Verify(string password, string stored)
    {
        var parts = stored.Split('$');
        if (parts.Length != 4 || parts[0] != Scheme || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var rounds))
            return false;
        var wanted = Convert.FromBase64String(parts[3]);
        var hash = Rfc2898DeriveBytes.Pbkdf2(password, Convert.FromBase64String(parts[2]), rounds, HashAlgorithmName.SHA256, wanted.Length);
        return CryptographicOperations.FixedTimeEquals(hash, wanted);
    }
}
