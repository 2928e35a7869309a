namespace Gateway.Fuzz;

/// <summary>Reads bytes to a value.</summary>
internal delegate T ReadAction<out T>(ReadOnlySpan<byte> data);

/// <summary>For readers that refuse by an exception: the one they promise, with words in it. Any other goes through and is a finding.</summary>
internal static class Refusal
{
    /// <summary>True when <paramref name="read"/> gave a value.</summary>
    public static bool TryRead<T, TRefusal>(ReadAction<T> read, ReadOnlySpan<byte> data, out T? value)
        where T : class
        where TRefusal : Exception
    {
        try
        {
            value = read(data);
            return true;
        }
        catch (TRefusal e)
        {
            Promise.Keep(e.Message.Length > 0, "a refusal says why");
            value = null;
            return false;
        }
    }
}
