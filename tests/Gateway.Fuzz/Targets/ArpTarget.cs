using Gateway.Dataplane.Wire;

namespace Gateway.Fuzz.Targets;

internal static class ArpTarget
{
    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        var read = ArpView.TryParse(data, out var arp, out var error);
        Promise.Keep(read == (error == ArpError.None), "an error or a message, never both");
        if (!read)
            return;
        Span<byte> frame = stackalloc byte[EthernetView.LeastFrameBytes];
        frame.Fill(0xEE);
        if (arp.Operation == ArpOperation.Reply)
            ArpView.EmitReply(frame, arp.SenderMac, arp.SenderAddress, arp.TargetMac, arp.TargetAddress);
        else
            ArpView.EmitRequest(frame, arp.SenderMac, arp.SenderAddress, arp.TargetAddress);
        var parsed = EthernetView.TryParse(frame, out var ethernet);
        parsed &= ArpView.TryParse(ethernet.Payload, out var again, out _);
        Promise.Keep(parsed, "what was written can be read");
        Promise.Keep(
            again.Operation == arp.Operation && again.SenderMac == arp.SenderMac && again.SenderAddress == arp.SenderAddress
            && again.TargetAddress == arp.TargetAddress && again.IsProbe == arp.IsProbe && again.IsAnnouncement == arp.IsAnnouncement,
            "what was read writes back equal");
        Promise.Keep(!ethernet.Payload[ArpView.LengthBytes..].ContainsAnyExcept((byte)0), "padding is zero");
    }
}
