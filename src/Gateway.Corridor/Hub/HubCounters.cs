namespace Gateway.Corridor.Hub;

/// <summary>What the hub counts since its start.</summary>
internal enum HubCounter
{
    FlowsOpened = 0,
    FlowsEndedByPolicy = 1,
    DialsNotEntitled = 2,
    DialsUnknownTarget = 3,
    DialsNoDoor = 4,
    DialsRefusedByGateway = 5,
    DialsUnreachable = 6,
    DoorsParked = 7,
    DoorsBroken = 8,
    Enrolments = 9,
    EnrolmentsRefused = 10,
    CredentialsRefused = 11,
    HandshakesRefused = 12,

    /// <summary>Limits, named as in <c>HubLimits</c>.</summary>
    LimitConnectionsPerIdentity = 13,
    LimitStrangerConnections = 14,
    LimitFlowsPerCaller = 15,
    LimitFlows = 16,
    LimitDoorsPerDevice = 17,
    LimitWaitingPerDevice = 18,
}

internal sealed class HubCounters
{
    private readonly long[] _values = new long[Enum.GetValues<HubCounter>().Length];

    public void Add(HubCounter counter) => Interlocked.Increment(ref _values[(int)counter]);

    public long this[HubCounter counter] => Interlocked.Read(ref _values[(int)counter]);
}
