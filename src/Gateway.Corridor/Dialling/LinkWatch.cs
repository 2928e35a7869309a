using System.Threading.Channels;
using Gateway.Core.Fabric;
using Gateway.Corridor.Client;

namespace Gateway.Corridor.Dialling;

/// <summary>Knows whether the hub is there, so that a local program is refused at once and not after a timeout, and says so when that
/// changes. Looks again after a back-off with jitter while it is away.</summary>
internal sealed class LinkWatch(CorridorConnection connection, Action<string> say)
{
    /// <summary>How often to look while all is well; it also keeps the connection open, so that a dial costs one round trip.</summary>
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Why the hub cannot be used; empty when it can; null before the first look.</summary>
    public string? Away { get; private set; }

    /// <summary>Someone needs the hub now, or found it gone: look soon.</summary>
    public void Wake() => _wake.Writer.TryWrite(true);

    public async Task RunAsync(CancellationToken cancel)
    {
        var options = connection.Options;
        var backOff = new BackOff(options.FirstRetry, options.LongestRetry, Random.Shared);
        while (true)
        {
            Report(await LookAsync(cancel));
            if (Away?.Length == 0)
                backOff.Reset();
            else
                // The least wait holds also when someone asks: many local programs must not become a storm.
                await Task.Delay(options.FirstRetry, options.Time, cancel);
            await SleepAsync(Away?.Length == 0 ? Every : backOff.Next(), cancel);
        }
    }

    private async Task<string> LookAsync(CancellationToken cancel)
    {
        try
        {
            await connection.DirectoryAsync(cancel);
            return "";
        }
        catch (Exception e) when (e is CorridorUnreachableException or CorridorRefusedException)
        {
            return e.Message;
        }
    }

    private void Report(string away)
    {
        var before = Away;
        Away = away;
        if (away != before)
            say(away.Length == 0 ? $"connected to {connection.Hub} as {connection.Identity.Id}" : $"not connected: {away}");
    }

    private async Task SleepAsync(TimeSpan longest, CancellationToken cancel)
    {
        using var alarm = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        alarm.CancelAfter(longest);
        try
        {
            await _wake.Reader.ReadAsync(alarm.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // Slept through.
        }
    }
}
