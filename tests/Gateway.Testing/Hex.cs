namespace Gateway.Testing;

/// <summary>Bytes written as text.</summary>
public static class Hex
{
    /// <summary>Reads hexadecimal digits; white space is ignored.</summary>
    public static byte[] Bytes(string text) => Convert.FromHexString(string.Concat(text.Where(c => !char.IsWhiteSpace(c))));
}
