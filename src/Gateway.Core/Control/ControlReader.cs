using System.Buffers.Binary;
using System.Text;

namespace Gateway.Core.Control;

/// <summary>Reads what <see cref="ControlWriter"/> wrote. Every length is checked against what is left.</summary>
/// <exception cref="InvalidDataException">Thrown by every method when the bytes end early or a length is impossible.</exception>
public ref struct ControlReader(ReadOnlySpan<byte> bytes)
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private ReadOnlySpan<byte> _left = bytes;

    public readonly int Remaining => _left.Length;

    public byte U8() => Take(1)[0];

    public bool Bool() => U8() switch
    {
        0 => false,
        1 => true,
        var other => throw new InvalidDataException($"a truth value is 0 or 1, not {other}"),
    };

    public ushort U16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public uint U32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public int I32() => unchecked((int)U32());

    public ulong U64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    public long I64() => unchecked((long)U64());

    public string Text()
    {
        try
        {
            return Strict.GetString(Take(U16()));
        }
        catch (DecoderFallbackException e)
        {
            throw new InvalidDataException("a text is not UTF-8", e);
        }
    }

    public string? OptionalText() => Bool() ? Text() : null;

    public ReadOnlySpan<byte> Bytes() => Take(I32());

    /// <summary>Reads a count and checks that so many items can stand in what is left, before anything is allocated for them.</summary>
    /// <param name="leastItemBytes">Fewest bytes one item can have, 1 or more.</param>
    public int Count(int leastItemBytes)
    {
        var count = I32();
        if (count < 0 || (long)count * leastItemBytes > _left.Length)
            throw new InvalidDataException($"a list of {count} items does not fit the {_left.Length} bytes that are left");
        return count;
    }

    public T Enum<T>() where T : struct, System.Enum
    {
        var value = U8();
        var typed = System.Runtime.CompilerServices.Unsafe.BitCast<byte, T>(value);
        return System.Enum.IsDefined(typed) ? typed : throw new InvalidDataException($"{value} is no {typeof(T).Name}");
    }

    public readonly void ExpectEnd()
    {
        if (!_left.IsEmpty)
            throw new InvalidDataException($"{_left.Length} bytes too many");
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if ((uint)length > (uint)_left.Length)
            throw new InvalidDataException($"{length} bytes wanted, {_left.Length} left");
        var taken = _left[..length];
        _left = _left[length..];
        return taken;
    }
}
