namespace Gateway.Corridor.Client;

/// <summary>Times and bounds of the client side.</summary>
public sealed record CorridorClientOptions
{
    public static CorridorClientOptions Default { get; } = new();

    /// <summary>Receive window of each stream: what a hub may send ahead of a slow reader, and so the most that one flow buffers.
    /// 256 KiB carry 200 Mbit/s over 10 ms.</summary>
    public int StreamWindowBytes { get; init; } = 256 << 10;

    /// <summary>Longest TCP and TLS connect to the hub.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest wait for the hub's answer to a dial. The hub itself gives up earlier, so its reason arrives.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Silence after which an HTTP/2 PING asks whether the hub is there; NAT entries live longer than this.</summary>
    public TimeSpan PingDelay { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time for its answer, after which the connection is given up.</summary>
    public TimeSpan PingTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>After both directions have ended: longest wait for the hub to have passed the rest on. Closing earlier would cut off
    /// bytes that are still on their way to a slow reader.</summary>
    public TimeSpan LingerTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>First and longest wait between tries to reach the hub.</summary>
    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromMilliseconds(250);

    public TimeSpan LongestRetry { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Wait after the hub refused this identity: someone has to act first, and will not do so within seconds.</summary>
    public TimeSpan DeniedRetry { get; init; } = TimeSpan.FromSeconds(60);

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
