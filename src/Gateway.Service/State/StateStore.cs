using Gateway.Core.State;
using Gateway.Core.Store;

namespace Gateway.Service.State;

/// <summary>A request that cannot be done as asked: the message names the field, the value and what would be right.</summary>
internal sealed class RefusedException(RefusalKind kind, string field, string value, string message) : Exception(message)
{
    public RefusalKind Kind { get; } = kind;

    /// <summary>Field of the request; empty when none is to blame.</summary>
    public string Field { get; } = field;

    public string Value { get; } = value;

    public static RefusedException Input(string field, string value, string message) => new(RefusalKind.Input, field, value, message);

    public static RefusedException Conflict(string message) => new(RefusalKind.Conflict, "", "", message);

    public static RefusedException Missing(string what, string id) => new(RefusalKind.Missing, what, id, $"there is no {what} {id}");
}

internal enum RefusalKind
{
    /// <summary>What was given is wrong.</summary>
    Input,

    /// <summary>It does not fit the state things are in.</summary>
    Conflict,

    /// <summary>It speaks of something that is not there.</summary>
    Missing,

    /// <summary>Whoever asks may not.</summary>
    Forbidden,

    /// <summary>Too many at once.</summary>
    Busy,

    /// <summary>Something outside did not answer.</summary>
    NoAnswer,
}

/// <summary>The state and its only writer. What <see cref="Current"/> shows was acknowledged by the journal.</summary>
internal sealed class StateStore(StateJournal<GatewayState, StateEntry> journal) : IDisposable
{
    // Held over storing and telling, so that nobody hears of an older state after a newer one.
    private readonly SemaphoreSlim _one = new(1);

    public GatewayState Current => journal.State;

    /// <summary>The journal behind it; null when it is damaged.</summary>
    public Journal? Journal => journal.Journal;

    public StateRecovery Recovery => journal.Recovery;

    /// <summary>Whether what is decided gets stored.</summary>
    public Hosting.Pulse Pulse { get; } = new(TimeProvider.System);

    /// <summary>Raised after each entry, in order, with the state after it. Handlers must be quick and must not throw.</summary>
    public event Action<GatewayState, StateEntry>? Applied;

    /// <summary>Decides and applies one entry with no other in between.</summary>
    /// <param name="decide">Makes the entry from the state; null for none. Throws <see cref="RefusedException"/> to refuse.</param>
    /// <returns>The state after it.</returns>
    /// <exception cref="RefusedException">Refused by <paramref name="decide"/>, or because a rule of the device's life does not allow it.</exception>
    /// <exception cref="JournalException">It could not be stored; nothing has changed.</exception>
    public async Task<GatewayState> ApplyAsync(Func<GatewayState, StateEntry?> decide)
    {
        StateEntry? made = null;
        using var busy = Pulse.Enter();
        await _one.WaitAsync().ConfigureAwait(false);
        try
        {
            var state = await journal.AppendAsync(current => made = decide(current)).ConfigureAwait(false);
            if (made is not null)
                Applied?.Invoke(state, made);
            return state;
        }
        catch (InvalidOperationException e)
        {
            throw RefusedException.Conflict(e.Message);
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();
}
