using System.Globalization;
using System.Runtime.InteropServices;

namespace Gateway.Benchmarks;

/// <summary>What was measured on: numbers without it say little.</summary>
internal static class Machine
{
    public static string Describe() => string.Create(CultureInfo.InvariantCulture,
        $"{DateTime.UtcNow:yyyy-MM-dd}, {Processor()}, {Environment.ProcessorCount} processors, {Kernel()}, {RuntimeInformation.FrameworkDescription}");

    private static string Processor() => File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) is { } line
        ? line.Split(':', 2)[1].Trim()
        : RuntimeInformation.ProcessArchitecture.ToString();

    private static string Kernel() => "Linux " + File.ReadAllText("/proc/sys/kernel/osrelease").Trim();
}
