namespace Gateway.Dataplane.Tests.Evasion;

/// <summary>Rules that no row can miss, each with the reason: another rule says the same, or nothing can come to it.</summary>
internal static class Explained
{
    private const string Before = "the pipeline refuses it before any flow is looked at";
    private const string Index = "guards an index; a policy names no target without its neighbor";
    private const string Same = "another rule answers the same";

    public static readonly Dictionary<string, string> Survivors = new()
    {
        ["TcpTrack.Segment TcpFlagsIllegal: (flags & TcpFlags.Ack) == 0"] = Before,
        ["SplitEngine.WhileOpen TcpFlagsIllegal: !segment.Has(TcpFlags.Ack)"] = Before,
        ["SplitEngine.Segment TcpNoFlow: default"] = "a closed side has no flow any more",
        ["SplitEngine.WhileOpen TcpOutOfWindow: unchecked((int)(segment.Sequence - side.Receive.Next)) > SplitLimits.ReceiveBytes"] =
            "data behind a hole are refused below; this one keeps their acknowledgement from being believed",
        ["FlowEngine.Decide UnknownDevice: index < 0"] = "a device that left the policy has no link either",
        ["Emitter.Route UnknownDevice: device < 0"] = "a flow of a device that left the policy ends before",
        ["Emitter.Route NeighborUnresolved: side.Neighbor < 0"] = Index,
        ["Emitter.Route NeighborUnresolved: side.Neighbor >= box.Neighbors.Length"] = Index,
        ["Emitter.Translate PacketTooBig: HeadBytes + transport.Length > LinkLimits.MaxFrameBytes"] = Same + ": no link's packet size is above that",
        ["ArpResponder.FromDevice ArpUnsolicited: arp.Operation == ArpOperation.Reply && selfTest.TakeAnswer(runtime, arp.SenderAddress.Value)"] =
            Same + ": such an answer is refused as not bound; this one keeps it from breaking the binding (SelfTestTests)",
        ["BindingGuard.CheckAddress SourceAddressNotBound: new Ipv4Address(address).IsLinkLocal && !new Ipv4Address(device.Address).IsLinkLocal"] =
            Same + "; this one keeps it from breaking the binding (DhcpResponderTests)",
        ["DhcpResponder.FromDevice DhcpRefused: frame.Source.Value != device.Mac"] = "the binding refuses it before",
        ["Ipv4View.CheckHeader Ipv4Error.HeaderLength: header > bytes.Length"] = Same + ": the total length is shorter than the header or longer than the frame",
        ["TcpOptionReader.Check TcpOptionError.LengthTooSmall: length < 2"] = Same + ": no kind has such a length",
        ["TcpOptionReader.Check TcpOptionError.UnknownKind: kind is not (TcpOptionKind.MaxSegment or TcpOptionKind.WindowScale or "
            + "TcpOptionKind.SackPermitted or TcpOptionKind.Sack or TcpOptionKind.Timestamps)"] = Same + ": an unknown kind has no fitting length",
        ["UdpView.Check UdpError.Length: length < HeaderBytes"] = Same + ": bytes behind the length are refused",
        ["UdpView.Check UdpError.Cut: length > bytes.Length"] = Same + ": the length must be that of the packet",
    };
}
