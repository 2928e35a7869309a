namespace Gateway.Core.Identity;

/// <summary>When a certificate is renewed: at two thirds of its life, a little earlier or later for each, so that fifty devices that
/// were enrolled in one minute do not renew in one minute.</summary>
public sealed class RenewalSchedule(TimeProvider time, Random random)
{
    /// <summary>Part of the life after which it is due.</summary>
    public const double DuePart = 2.0 / 3.0;

    /// <summary>Most that chance moves the due time either way, as part of the life: 8 h of 7 days.</summary>
    public const double JitterPart = 1.0 / 20.0;

    /// <summary>Longest single wait. A machine's clock can be set or a machine can sleep; the due time is looked at again after this.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    /// <summary>Shortest time between two tries of a renewal that fails.</summary>
    public static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(30);

    /// <summary>Longest time between two tries.</summary>
    public static readonly TimeSpan LastRetry = TimeSpan.FromHours(1);

    /// <summary>Draws the due time of one certificate.</summary>
    public DateTimeOffset DueAt(Validity validity) =>
        validity.NotBefore + (validity.Life * (DuePart + (((random.NextDouble() * 2) - 1) * JitterPart)));

    /// <summary>Returns when the time has come; at once when it has passed.</summary>
    public async Task WaitAsync(DateTimeOffset due, CancellationToken cancel)
    {
        for (var left = due - time.GetUtcNow(); left > TimeSpan.Zero; left = due - time.GetUtcNow())
            await Task.Delay(left < LongestWait ? left : LongestWait, time, cancel).ConfigureAwait(false);
    }
}
