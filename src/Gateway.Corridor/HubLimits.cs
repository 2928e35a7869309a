namespace Gateway.Corridor;

/// <summary>Everything bounded at the hub, each with its reason. Counters of the same names stand in <c>corridor status</c>.</summary>
internal sealed record HubLimits
{
    public static HubLimits Default { get; } = new();

    /// <summary>TCP connections at once: 250 devices and clients with four each.</summary>
    public int Connections { get; init; } = 1_000;

    /// <summary>Connections of one identity: one, a second beyond 256 flows, and those a renewed certificate leaves behind.</summary>
    public int ConnectionsPerIdentity { get; init; } = 8;

    /// <summary>Connections at once without a certificate that counts: those that enrol, and those that are told why theirs does not
    /// count. Few, so that strangers cannot take all places.</summary>
    public int StrangerConnections { get; init; } = 64;

    /// <summary>Time such a connection may stay: one enrolment.</summary>
    public TimeSpan StrangerStay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest TLS handshake, over a bad radio link.</summary>
    public TimeSpan Handshake { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>HTTP/2 streams of one connection: the flows of one identity.</summary>
    public int StreamsPerConnection { get; init; } = 256;

    /// <summary>What one side may send ahead of a slow reader, per flow and direction. 256 KiB carry 200 Mbit/s over 10 ms.</summary>
    public int StreamWindowBytes { get; init; } = 256 << 10;

    /// <summary>So many bytes that no stream ever waits for another one's reader: every stream's window at once. It is the most that a
    /// connection can make the hub buffer.</summary>
    public int ConnectionWindowBytes => StreamsPerConnection * StreamWindowBytes;

    /// <summary>Flows one caller has open at once: a SCADA master has one per device, a recorder one per camera.</summary>
    public int FlowsPerCaller { get; init; } = 256;

    /// <summary>Flows at once in all; each can hold two stream windows and two relay buffers, some 544 KiB at the very worst.</summary>
    public int Flows { get; init; } = 4_096;

    /// <summary>Doors a device may park: callers that come within one round trip.</summary>
    public int DoorsPerDevice { get; init; } = 16;

    /// <summary>Callers that wait for a door of one device.</summary>
    public int WaitingPerDevice { get; init; } = 256;

    /// <summary>How long a caller waits for a door of a device whose gateway is connected: its gateway is parking the next one.</summary>
    public TimeSpan DoorWait { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a gateway may take to decide and to reach the device: a TCP connect to a slow PLC.</summary>
    public TimeSpan DoorAnswer { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Doors tried for one dial; the first may have died unnoticed with its gateway's link.</summary>
    public int DoorTries { get; init; } = 3;

    /// <summary>Longest TCP connect to a service.</summary>
    public TimeSpan ServiceConnect { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest arrival of a request for a certificate.</summary>
    public TimeSpan EnrolmentBody { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Identities on record. A hub for more is Nebula's or OpenZiti's work.</summary>
    public int Identities { get; init; } = 10_000;

    /// <summary>Devices one gateway may enrol: what one box fronts.</summary>
    public int DevicesPerGateway { get; init; } = 500;

    /// <summary>Certificates of one identity that are good at once: the present one, the next, and what failed renewals left behind.
    /// Each is a record on disk, so a peer that renews in a circle must find an end.</summary>
    public int CertificatesPerIdentity { get; init; } = 16;

    /// <summary>Refusals written to the log per second; the rest is counted and the count written.</summary>
    public int LoggedRefusalsPerSecond { get; init; } = 20;

    /// <summary>Tokens not yet used.</summary>
    public int Tokens { get; init; } = 1_000;

    public int Entitlements { get; init; } = 10_000;

    public int Services { get; init; } = 1_000;

    /// <summary>How long the record of an expired certificate is kept.</summary>
    public TimeSpan CertificateRecords { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How often certificates are looked at for expiry.</summary>
    public TimeSpan SweepEvery { get; init; } = TimeSpan.FromSeconds(1);
}
