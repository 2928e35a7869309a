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
    LimitConnections = 13,
    LimitConnectionsPerIdentity = 14,
    LimitStrangerConnections = 15,
    LimitFlowsPerCaller = 16,
    LimitFlows = 17,
    LimitDoorsPerDevice = 18,
    LimitWaitingPerDevice = 19,
    LimitLoggedRefusals = 20,
}

internal sealed class HubCounters
{
    private readonly long[] _values = new long[Enum.GetValues<HubCounter>().Length];

    public void Add(HubCounter counter) => Interlocked.Increment(ref _values[(int)counter]);

    public long this[HubCounter counter] => Interlocked.Read(ref _values[(int)counter]);
}
