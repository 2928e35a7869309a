using System.Runtime.InteropServices;
using Gateway.Core.Identity;
using Gateway.Corridor.State;

namespace Gateway.Corridor.Hub;

/// <summary>Who is connected now.</summary>
internal sealed class PeerTable(HubLimits limits, HubCounters counters)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<SpiffeId, HashSet<PeerConnection>> _peers = [];

    /// <returns>False when the identity has too many connections.</returns>
    public bool TryEnter(PeerConnection peer)
    {
        lock (_lock)
        {
            ref var connections = ref CollectionsMarshal.GetValueRefOrAddDefault(_peers, peer.Credential.Id, out _);
            connections ??= [];
            if (connections.Count < limits.ConnectionsPerIdentity)
                return connections.Add(peer);
        }
        counters.Add(HubCounter.LimitConnectionsPerIdentity);
        return false;
    }

    public void Leave(PeerConnection peer)
    {
        lock (_lock)
        {
            if (_peers.TryGetValue(peer.Credential.Id, out var connections) && connections.Remove(peer) && connections.Count == 0)
                _peers.Remove(peer.Credential.Id);
        }
    }

    public bool IsPresent(SpiffeId id) => CountOf(id) > 0;

    public int CountOf(SpiffeId id)
    {
        lock (_lock)
            return _peers.TryGetValue(id, out var connections) ? connections.Count : 0;
    }

    /// <summary>Closes connections whose certificate no longer counts.</summary>
    public void Reexamine(HubState state, DateTimeOffset now)
    {
        List<PeerConnection> all;
        lock (_lock)
            all = [.. _peers.Values.SelectMany(connections => connections)];
        foreach (var peer in all)
        {
            if (Standing.ExplainOpen(state, peer.Credential, now) is { } why)
                peer.Close(why);
        }
    }
}
