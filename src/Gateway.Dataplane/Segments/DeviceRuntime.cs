using Gateway.Core.Control;

namespace Gateway.Dataplane.Segments;

/// <summary>What the loop knows of a device beyond policy: whether the bound one is really there, and what it uses. Lives as long as the
/// process; written by the loop, counters may be read by others.</summary>
internal sealed class DeviceRuntime(int slot, string id)
{
    public int Slot { get; } = slot;

    public string Id { get; } = id;

    public BindingState Binding { get; set; } = BindingState.Unverified;

    /// <summary>When a frame with the bound hardware address came last.</summary>
    public long HeardAtMs { get; set; }

    /// <summary>How often the bound hardware address has used the bound IP address.</summary>
    public ulong AddressHeardCount { get; set; }

    /// <summary>The same count when the running challenge began.</summary>
    public ulong HeardBeforeChallenge { get; set; }

    /// <summary>When the next question goes to it.</summary>
    public long NextAskAtMs { get; set; }

    public int Asked { get; set; }

    /// <summary>When a challenge began; 0: none runs.</summary>
    public long ChallengedAtMs { get; set; }

    /// <summary>What spoke instead: the state the binding falls into when the challenge is lost.</summary>
    public BindingState Suspicion { get; set; }

    public ulong SuspectMac { get; set; }

    public uint SuspectAddress { get; set; }

    public long LastEventAtMs { get; set; }

    /// <summary>What the self-test found. Written by the loop; its times may be read by others.</summary>
    public IsolationTimes Isolation;

    public int OpenFlows { get; set; }

    public ulong BytesIn { get; set; }

    public ulong BytesOut { get; set; }
}
