using Gateway.Dataplane.Wire;

namespace Gateway.Fuzz.Targets;

internal static class EthernetTarget
{
    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        if (!EthernetView.TryParse(data, out var frame))
        {
            Promise.Keep(data.Length < EthernetView.HeaderBytes, "only a short frame is refused");
            return;
        }
        Promise.Keep(frame.Payload.Length == data.Length - EthernetView.HeaderBytes, "the payload is all the rest");
        Promise.Keep(frame.IsLength == frame.Type < 1536, "types begin at 1536");
        Span<byte> header = stackalloc byte[EthernetView.HeaderBytes];
        EthernetView.Emit(header, frame.Destination, frame.Source, frame.Type);
        Promise.Keep(header.SequenceEqual(data[..EthernetView.HeaderBytes]), "what was read writes back equal");
    }
}
