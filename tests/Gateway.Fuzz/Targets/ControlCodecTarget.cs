using Gateway.Core.Control;

namespace Gateway.Fuzz.Targets;

internal static class ControlCodecTarget
{
    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        if (Refusal.TryRead<ControlMessage, InvalidDataException>(ControlCodec.Decode, data, out var message))
            Promise.Keep(data.SequenceEqual(ControlCodec.Encode(message!)), "what was read writes back equal");
    }
}
