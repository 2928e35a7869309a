using Gateway.Dataplane.Pipeline;

namespace Gateway.Dataplane.Control;

/// <summary>Feels whether the packet loop goes round. Only the loop itself can answer: a question runs between two of its batches, so a loop
/// that hangs in one, or sleeps and is not woken, stays silent.</summary>
internal sealed class LoopPulse(PacketLoop loop, TimeProvider time)
{
    /// <summary>How long the loop may take. A round of full bursts takes milliseconds; a pause of the whole machine may take a second.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Asks once; false when no answer came in time.</summary>
    public async Task<bool> BeatsAsync(CancellationToken cancel)
    {
        var beat = new Beat();
        loop.Post(beat);
        var answered = await Task.WhenAny(beat.Done, Task.Delay(Patience, time, cancel)).ConfigureAwait(false) == beat.Done;
        cancel.ThrowIfCancellationRequested();
        return answered;
    }
}
