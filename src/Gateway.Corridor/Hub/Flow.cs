using Gateway.Corridor.Client;
using Gateway.Corridor.State;

namespace Gateway.Corridor.Hub;

/// <summary>A dial from its first check to its last byte.</summary>
internal sealed class Flow(string id, Credential caller, string target, ushort port, DateTimeOffset since) : IDisposable
{
    private readonly CancellationTokenSource _end = new();

    public string Id { get; } = id;

    public Credential Caller { get; } = caller;

    public string Target { get; } = target;

    public ushort Port { get; } = port;

    public DateTimeOffset Since { get; } = since;

    /// <summary>Bytes from caller to target are left to right.</summary>
    public RelayCounters Counters { get; } = new();

    /// <summary>Credential of the device's door; null for a service or before a door is taken.</summary>
    public Credential? Device { get; set; }

    /// <summary>Cancelled when the flow may not go on.</summary>
    public CancellationToken Ended => _end.Token;

    /// <summary>Why it was ended; empty while it may go on.</summary>
    public string EndReason { get; private set; } = "";

    public void End(string reason)
    {
        EndReason = reason;
        try
        {
            // On another thread: thousands may end at once, and whoever changed the state does not wait for their streams.
            _ = _end.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // It ended by itself in between.
        }
    }

    public void Dispose() => _end.Dispose();
}
