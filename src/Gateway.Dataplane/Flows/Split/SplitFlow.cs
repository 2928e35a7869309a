using Gateway.Dataplane.Inspectors;

namespace Gateway.Dataplane.Flows.Split;

internal enum SideState : byte
{
    Closed = 0,

    /// <summary>Towards the opener: its SYN is here, ours waits until the target has answered.</summary>
    Waiting = 1,

    /// <summary>Towards the target: our SYN is out.</summary>
    SynSent = 2,

    /// <summary>Towards the opener: our SYN-ACK is out.</summary>
    SynReceived = 3,
    Open = 4,
}

/// <summary>One of the two TCP connections of an inspected flow.</summary>
internal struct SplitSide
{
    public SideState State;
    public SendHalf Send;
    public ReceiveHalf Receive;

    /// <summary>When unacknowledged bytes are sent again; 0: no timer.</summary>
    public long RetransmitAtMs;

    /// <summary>When a waiting acknowledgement goes out alone; 0: none waits.</summary>
    public long AckAtMs;

    /// <summary>When the peer was last heard.</summary>
    public long HeardAtMs;
    public int KeepAlives;
    public ushort PeerSegmentBytes;
    public ushort PeerWindow;
}

/// <summary>State of one inspected flow: two sides, the inspector and what it remembers. Taken from a pool made at start.</summary>
internal sealed class SplitFlow
{
    public SplitSide Source;
    public SplitSide Target;

    /// <summary>Index in the pool.</summary>
    public int Index { get; init; }

    /// <summary>Index of the flow in the flow table; -1 while unused.</summary>
    public int Flow = -1;
    public StreamInspector? Inspector;

    /// <summary>The inspector's memory of the flow.</summary>
    public byte[] State = [];

    /// <summary>When the flow ends by itself: opening, half closed or lingering; 0: none.</summary>
    public long EndAtMs;
    public bool Lingering;

    public ref SplitSide Side(bool source) => ref source ? ref Source : ref Target;
}
