using Gateway.Core.Fabric;
using Gateway.Corridor.State;

namespace Gateway.Corridor.Hub;

/// <summary>A gateway's stream that waits for a caller.</summary>
internal sealed class ParkedDoor(Credential device, ServerCarrier carrier)
{
    public Credential Device { get; } = device;

    public ServerCarrier Carrier { get; } = carrier;

    /// <summary>Asks the gateway about a caller.</summary>
    /// <returns>Its answer, or null when the door is broken: the next one may not be.</returns>
    /// <exception cref="TimeoutException">The gateway did not answer in time.</exception>
    public async Task<DoorAnswer?> AskAsync(DoorRequest request, TimeSpan limit, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        stop.CancelAfter(limit);
        try
        {
            await Carrier.Output.WriteAsync(CorridorWireDoor.Encode(request), stop.Token);
            await Carrier.Output.FlushAsync(stop.Token);
            while (true)
            {
                var result = await Carrier.Input.ReadAsync(stop.Token);
                if (CorridorWireDoor.TryDecode(result.Buffer, out DoorAnswer? answer, out var consumed))
                {
                    Carrier.Input.AdvanceTo(result.Buffer.GetPosition(consumed));
                    return answer;
                }
                Carrier.Input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
                if (result.IsCompleted)
                    return null;
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            cancel.ThrowIfCancellationRequested();
            throw new TimeoutException($"its gateway did not answer within {limit.TotalSeconds:0} s");
        }
        catch (Exception e) when (e is IOException or InvalidDataException or OperationCanceledException)
        {
            return null;
        }
    }
}
