using System.Threading.Channels;
using Gateway.Corridor.State;

namespace Gateway.Corridor.Hub;

/// <summary>Makes what is open agree with what is allowed: after each change of the state, and every second for certificates that
/// run out.</summary>
internal sealed class Watchman(HubStore store, PeerTable peers, DoorYard yard, FlowTable flows, HubLimits limits, TimeProvider time)
{
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private HubState? _seen;

    public async Task RunAsync(CancellationToken cancel)
    {
        store.Changed += Wake;
        try
        {
            while (true)
            {
                await LookAsync();
                await using var timer = time.CreateTimer(_ => Wake(), null, limits.SweepEvery, Timeout.InfiniteTimeSpan);
                await _wake.Reader.ReadAsync(cancel);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The hub stops.
        }
        finally
        {
            store.Changed -= Wake;
        }
    }

    /// <summary>Flows first: they are what must end soon. Connections last, because closing one also closes what is allowed on it.</summary>
    private async Task LookAsync()
    {
        var (state, now) = (store.Current, time.GetUtcNow());
        flows.Reexamine(state, now, stateChanged: !ReferenceEquals(state, _seen));
        _seen = state;
        await yard.ReexamineAsync(state, now);
        peers.Reexamine(state, now);
    }

    private void Wake() => _wake.Writer.TryWrite(true);
}
