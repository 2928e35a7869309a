using System.Buffers.Binary;
using Gateway.Core.Control.Codec;

namespace Gateway.Core.Control;

/// <summary>Messages of the control protocol to bytes and back; the frame is described at <see cref="ControlProtocol"/>.</summary>
public static class ControlCodec
{
    private const int TypeBytes = 2;
    private const int LengthBytes = 4;

    /// <summary>The message as one frame, header included.</summary>
    /// <exception cref="ArgumentException">The message is longer than <see cref="ControlProtocol.MaxMessageBytes"/>, or one of its texts
    /// than 65,535 bytes.</exception>
    public static byte[] Encode(ControlMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var frame = new ControlWriter();
        frame.U32(0);
        frame.U16((ushort)message.Type);
        MessageWriter.Write(frame, message);
        var bytes = frame.Written.ToArray();
        var length = bytes.Length - LengthBytes;
        if (length > ControlProtocol.MaxMessageBytes)
            throw new ArgumentException(
                $"a {message.Type} message of {length} bytes is longer than {ControlProtocol.MaxMessageBytes}", nameof(message));
        BinaryPrimitives.WriteInt32LittleEndian(bytes, length);
        return bytes;
    }

    /// <summary>The message in a whole frame, header included. It keeps nothing of <paramref name="frame"/>.</summary>
    /// <exception cref="InvalidDataException">The frame is no message of this version, says which field and why.</exception>
    public static ControlMessage Decode(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < ControlProtocol.HeaderBytes)
            throw new InvalidDataException($"a frame has at least {ControlProtocol.HeaderBytes} bytes, this has {frame.Length}");
        var length = CheckLength(BinaryPrimitives.ReadUInt32LittleEndian(frame));
        if (length != frame.Length - LengthBytes)
            throw new InvalidDataException($"the frame says {length} bytes follow, {frame.Length - LengthBytes} do");
        var type = (MessageType)BinaryPrimitives.ReadUInt16LittleEndian(frame[LengthBytes..]);
        try
        {
            return MessageReader.Read(type, frame[ControlProtocol.HeaderBytes..]);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"a {type} message cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The length a header gives, when it can be one.</summary>
    /// <exception cref="InvalidDataException">It leaves no room for the type, or is longer than <see cref="ControlProtocol.MaxMessageBytes"/>.</exception>
    internal static int CheckLength(uint length) => length is >= TypeBytes and <= ControlProtocol.MaxMessageBytes
        ? (int)length
        : throw new InvalidDataException($"a frame of {length} bytes cannot be: {TypeBytes} to {ControlProtocol.MaxMessageBytes} are allowed");
}
