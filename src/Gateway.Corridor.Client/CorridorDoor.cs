using Gateway.Core.Fabric;

namespace Gateway.Corridor.Client;

/// <summary>A parked stream that waits for a caller.</summary>
public sealed class CorridorDoor : IAsyncDisposable
{
    private readonly ClientCarrier _carrier;
    private readonly CancellationToken _retired;
    private bool _taken;

    internal CorridorDoor(ClientCarrier carrier, CancellationToken retired) => (_carrier, _retired) = (carrier, retired);

    /// <summary>Waits until the hub stitches a caller in.</summary>
    /// <exception cref="IOException">The hub went away, or closed the door.</exception>
    /// <exception cref="InvalidDataException">What it sent is no door request.</exception>
    /// <exception cref="OperationCanceledException">Cancelled, or the credential of the door was replaced.</exception>
    public async Task<DoorCall> WaitAsync(CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel, _retired);
        while (true)
        {
            var result = await _carrier.Input.ReadAsync(stop.Token).ConfigureAwait(false);
            if (CorridorWireDoor.TryDecode(result.Buffer, out DoorRequest? request, out var consumed))
            {
                _carrier.Input.AdvanceTo(result.Buffer.GetPosition(consumed));
                _taken = true;
                return new DoorCall(request!, _carrier);
            }
            _carrier.Input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            if (result.IsCompleted)
                throw new IOException("the hub closed the door");
        }
    }

    /// <summary>Closes the door unless a call was taken from it.</summary>
    public ValueTask DisposeAsync()
    {
        if (!_taken)
            _carrier.Abort();
        return ValueTask.CompletedTask;
    }
}

/// <summary>A caller at a door: accept or refuse, once.</summary>
public sealed class DoorCall : IAsyncDisposable
{
    private readonly ClientCarrier _carrier;
    private bool _answered;

    internal DoorCall(DoorRequest request, ClientCarrier carrier) => (Request, _carrier) = (request, carrier);

    public DoorRequest Request { get; }

    /// <summary>Lets the caller in. The stream belongs to whoever asked for it.</summary>
    public async Task<CapsuleStream> AcceptAsync(CancellationToken cancel)
    {
        await AnswerAsync(new DoorAnswer(Accept: true), cancel).ConfigureAwait(false);
        return new CapsuleStream(_carrier.Input, _carrier.Output, _carrier);
    }

    /// <param name="reason">Why, in one sentence, for the caller.</param>
    /// <param name="unreachable">Not policy: the device does not answer.</param>
    /// <param name="cancel">Cancels.</param>
    public async Task RefuseAsync(string reason, bool unreachable, CancellationToken cancel)
    {
        await AnswerAsync(new DoorAnswer(Accept: false, reason, unreachable), cancel).ConfigureAwait(false);
        await _carrier.CloseAsync(inOrder: true).ConfigureAwait(false);
    }

    /// <summary>Closes the stream when nothing was answered.</summary>
    public ValueTask DisposeAsync()
    {
        if (!_answered)
            _carrier.Abort();
        return ValueTask.CompletedTask;
    }

    private async Task AnswerAsync(DoorAnswer answer, CancellationToken cancel)
    {
        if (_answered)
            throw new InvalidOperationException("the call is answered");
        _answered = true;
        try
        {
            await _carrier.Output.WriteAsync(CorridorWireDoor.Encode(answer), cancel).ConfigureAwait(false);
            await _carrier.Output.FlushAsync(cancel).ConfigureAwait(false);
        }
        catch
        {
            _carrier.Abort();
            throw;
        }
    }
}
