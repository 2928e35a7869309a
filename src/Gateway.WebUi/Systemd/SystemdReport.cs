using Microsoft.Extensions.Hosting.Systemd;

namespace Gateway.WebUi.Systemd;

/// <summary>Tells systemd that the process is ready and, as long as it really answers, that it lives.</summary>
internal static class SystemdReport
{
    /// <summary>Does nothing where systemd did not start the process. Not <c>AddSystemd()</c>: that looks at the parent process, which a
    /// unit with ProtectProc=invisible hides, and then never sends READY.</summary>
    public static void Add(IServiceCollection services)
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NOTIFY_SOCKET")))
            return;
        services.AddSingleton<ISystemdNotifier, SystemdNotifier>();
        services.AddSingleton<IHostLifetime, SystemdLifetime>();
        if (WatchdogPeriod() is { } period)
            services.AddHostedService(provider => ActivatorUtilities.CreateInstance<Watchdog>(provider, period));
    }

    /// <summary>A third of what systemd waits (WATCHDOG_USEC), so that one lost beat is no death; null when no watchdog is asked for.</summary>
    private static TimeSpan? WatchdogPeriod() =>
        long.TryParse(Environment.GetEnvironmentVariable("WATCHDOG_USEC"), null, out var microseconds) && microseconds > 0
            ? TimeSpan.FromMicroseconds(microseconds / 3.0)
            : null;
}
