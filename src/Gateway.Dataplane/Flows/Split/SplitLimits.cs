namespace Gateway.Dataplane.Flows.Split;

/// <summary>Numbers of the two TCP connections that make an inspected flow.</summary>
internal static class SplitLimits
{
    /// <summary>Bytes received and not yet judged; holds at least the longest unit of any inspector, and is the window we offer.</summary>
    public const int ReceiveBytes = 4_096;

    /// <summary>Bytes judged and not yet acknowledged by the other side. A power of two.</summary>
    public const int SendBytes = 8_192;

    /// <summary>Longest segment we send and announce: an Ethernet MTU of 1500 less 20 and 20 (RFC 9293, section 3.7.1).</summary>
    public const ushort MaxSegmentBytes = 1_460;

    /// <summary>Headers of IPv4 and TCP without options.</summary>
    public const int HeadBytes = 40;

    /// <summary>Segment size where the peer announces none (RFC 9293, section 3.7.1).</summary>
    public const ushort DefaultSegmentBytes = 536;

    /// <summary>Smallest segment size we believe; below it headers outweigh data and a peer could make us send thousands of packets.</summary>
    public const ushort LeastSegmentBytes = 88;

    /// <summary>First retransmission (RFC 6298, section 2.1).</summary>
    public const int InitialRetransmitMs = 1_000;

    /// <summary>Least wait before a retransmission. RFC 6298 says one second for the Internet; a plant's LAN answers in milliseconds,
    /// and Linux uses the same 200.</summary>
    public const int LeastRetransmitMs = 200;

    public const int MostRetransmitMs = 8_000;

    /// <summary>Tries to open the connection to the target: 1 + 2 + 4 seconds, then the opener is told.</summary>
    public const int OpenTries = 3;

    /// <summary>Retransmissions of data before both sides are ended: about half a minute.</summary>
    public const int DataTries = 7;

    /// <summary>How long an acknowledgement waits for data to ride on, once a whole unit was taken.</summary>
    public const int DelayedAckMs = 20;

    /// <summary>Quiet time after which a side is asked whether it is alive.</summary>
    public const int KeepAliveAfterMs = 60_000;

    public const int KeepAliveEveryMs = 5_000;

    public const int KeepAliveTries = 4;

    /// <summary>How long a closed connection answers a repeated FIN.</summary>
    public const int LingerMs = 5_000;

    /// <summary>Time for one side to close after the other has (half-closed connections are legal, but must not last).</summary>
    public const int HalfClosedMs = 120_000;

    /// <summary>First window for data in segments (RFC 6928).</summary>
    public const int InitialWindowSegments = 10;
}
