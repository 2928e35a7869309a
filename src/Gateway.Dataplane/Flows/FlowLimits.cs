namespace Gateway.Dataplane.Flows;

/// <summary>Bounds on flows and inspected connections, each with its reason. Every one has a counter in <c>DropReason</c>.</summary>
internal static class FlowLimits
{
    /// <summary>Flows of the whole box: 64 links of 256.</summary>
    public const int MaxFlows = 16_384;

    /// <summary>Inspected connections of the whole box: a box fronts tens of PLCs with 8 to 32 connections each. 24 KiB each.</summary>
    public const int MaxInspected = 1_024;

    /// <summary>Conduits that may cover one flow at once; grants add up, and eight that overlap are a policy nobody can read.</summary>
    public const int MaxConduits = 8;

    /// <summary>Source ports tried where the wanted one is taken at the target.</summary>
    public const int PortTries = 32;

    /// <summary>First port used where the source's own is taken (RFC 6335, dynamic range).</summary>
    public const ushort FirstDynamicPort = 49_152;

    public const int TcpOpeningMs = 10_000;

    /// <summary>Idle end of an established TCP flow: above the two hours of TCP keep-alive (RFC 9293, section 3.8.4), so that a
    /// quiet connection of a device that relies on it lives.</summary>
    public const int TcpEstablishedMs = 7_500_000;

    public const int TcpClosingMs = 30_000;

    /// <summary>How long a TCP flow that both sides have closed still passes a repeated FIN. It counts among the flows of its device, so
    /// a longer time would be a limit on new connections per second.</summary>
    public const int TcpOverMs = 5_000;

    /// <summary>UDP seen one way (RFC 4787, REQ-5 allows shorter where there is a reason: a scan).</summary>
    public const int UdpOneWayMs = 30_000;

    /// <summary>UDP seen both ways (RFC 4787, REQ-5: two minutes at least).</summary>
    public const int UdpBothWaysMs = 180_000;

    /// <summary>Flows looked at per round of the loop when the policy has changed or time has passed.</summary>
    public const int SweepFlows = 1_024;

    /// <summary>How often idle flows are looked for.</summary>
    public const int SweepEveryMs = 1_000;
}
