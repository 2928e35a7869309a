namespace Gateway.Dataplane.Segments;

/// <summary>Times and rates of bindings, neighbors and observations, each with its reason.</summary>
internal static class SegmentLimits
{
    /// <summary>How long a bound device has to answer when another address spoke on its socket. A swap must be known within a second;
    /// a busy PLC answers ARP in under 100 ms.</summary>
    public const int ChallengeMs = 800;

    public const int ChallengeEveryMs = 200;

    /// <summary>How often a device that is not verified is asked; each question is one 60-byte frame.</summary>
    public const int VerifyEveryMs = 500;

    /// <summary>How often a silent socket is asked once the first tries brought nothing.</summary>
    public const int VerifySlowlyMs = 2_000;

    public const int VerifyQuickTries = 10;

    /// <summary>How often a neighbor (host stack, peer) is asked until it answers.</summary>
    public const int NeighborAskMs = 1_000;

    /// <summary>How often a known neighbor is asked again (Linux confirms after 15 to 45 seconds).</summary>
    public const int NeighborRefreshMs = 30_000;

    /// <summary>How long a neighbor may be silent before it is unknown again.</summary>
    public const int NeighborStaleMs = 95_000;

    public const int MaxNeighbors = 1_024;

    /// <summary>Time between two events about the same device, so that a flapping one cannot fill the log.</summary>
    public const int EventEveryMs = 1_000;

    /// <summary>Frames per link and second copied for observers: a device that introduces itself sends a handful.</summary>
    public const int ObservedPerSecond = 50;

    public const int ObservedBurst = 200;

    /// <summary>Echo requests answered per link and second.</summary>
    public const int EchoesPerSecond = 10;

    /// <summary>Messages per link and second that a packet was too big; a sender that heeds them needs one.</summary>
    public const int TooBigPerSecond = 10;

    /// <summary>DHCP messages answered per link and second; a client sends two, and one that gets no address a few a minute.</summary>
    public const int LeasesPerSecond = 5;

    /// <summary>How long an address is given: a week, so that no outage of ours takes a machine's address away. It never changes anyhow.</summary>
    public const uint LeaseSeconds = 7 * 24 * 3_600;

    /// <summary>ARP questions per link and second answered to a device that waits for approval.</summary>
    public const int QuestionsPerSecond = 20;

    /// <summary>Refusals per link and second that make a record of their own; all are counted.</summary>
    public const int RefusalRecordsPerSecond = 20;

    public const int RefusalRecordBurst = 100;

    /// <summary>How often a device's isolation is tested; what is found lasts an hour.</summary>
    public const int SelfTestEveryMs = 60_000;

    /// <summary>Time from a device's first answer to its first test: it has more to do when it starts.</summary>
    public const int FirstSelfTestMs = 3_000;

    /// <summary>Links of others on which a device is looked for at one test; with more, the tests take turns. 64 frames of 60 bytes.</summary>
    public const int AskedBeside = 64;

    /// <summary>Addresses tried to find one that is nobody's.</summary>
    public const uint CanaryTries = 16;

    /// <summary>Longest wait of the loop when a device or neighbor has something due.</summary>
    public const int TickMs = 100;
}
