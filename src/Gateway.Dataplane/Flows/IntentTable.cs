using Gateway.Core.Control;

namespace Gateway.Dataplane.Flows;

/// <summary>Connections that a connector has announced and not opened yet. Few at a time, so a scan of a small array is enough. Used by
/// the loop's thread alone.</summary>
internal sealed class IntentTable
{
    /// <summary>Connections on their way at once; each lives at most <see cref="ControlProtocol.IntentLifetimeMs"/>.</summary>
    public const int MaxIntents = 256;

    private readonly Intent[] _intents = new Intent[MaxIntents];
    private int _count;

    /// <summary>Adds an announcement.</summary>
    /// <returns>False when too many wait.</returns>
    public bool TryAdd(in Intent intent)
    {
        if (_count == MaxIntents)
            return false;
        _intents[_count++] = intent;
        return true;
    }

    /// <summary>Takes the announcement of a connection; each serves once.</summary>
    public bool TryTake(ushort sourcePort, uint segmentAddress, ushort port, out int context)
    {
        for (var i = 0; i < _count; i++)
        {
            ref readonly var intent = ref _intents[i];
            if (intent.SourcePort != sourcePort || intent.SegmentAddress != segmentAddress || intent.Port != port)
                continue;
            context = intent.Context;
            _intents[i] = _intents[--_count];
            return true;
        }
        context = -1;
        return false;
    }

    /// <summary>Takes one announcement whose time is over; false when there is none.</summary>
    public bool TryTakeExpired(long nowMs, out int context)
    {
        for (var i = 0; i < _count; i++)
        {
            if (_intents[i].ExpiresAtMs > nowMs)
                continue;
            context = _intents[i].Context;
            _intents[i] = _intents[--_count];
            return true;
        }
        context = -1;
        return false;
    }
}

/// <param name="SourcePort">Local port the connector has bound.</param>
/// <param name="SegmentAddress">Device it will reach.</param>
/// <param name="Port">Port there.</param>
/// <param name="Context">Caller context.</param>
/// <param name="ExpiresAtMs">End.</param>
internal readonly record struct Intent(ushort SourcePort, uint SegmentAddress, ushort Port, int Context, long ExpiresAtMs);
