using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Gateway.Benchmarks;

/// <summary>Runs paths in rounds, one after the other in each round, and gives medians and ratios against the anchor of the same round:
/// absolute numbers do not carry from machine to machine, ratios do.</summary>
internal static class Report
{
    /// <summary>A run whose anchor varies by more says more about the machine than about us.</summary>
    private const double MaxAnchorSpread = 0.15;

    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <param name="rounds">Rounds.</param>
    /// <param name="seconds">Length of each flood.</param>
    /// <param name="roundTrips">Round trips per measurement.</param>
    /// <param name="output">File for everything as JSON; null for none.</param>
    /// <param name="docs">Markdown file to bring up to date; null for none.</param>
    public static int Run(int rounds, double seconds, int roundTrips, string? output, string? docs)
    {
        IPath[] paths = [new BridgePath(100), new BridgePath(0), new GatewayPath(Treatment.Offloaded), new GatewayPath(Treatment.Tracked), new GatewayPath(Treatment.Inspected)];
        var results = paths.Select(_ => new List<Measurement>()).ToArray();
        for (var round = 1; round <= rounds; round++)
        {
            for (var i = 0; i < paths.Length; i++)
            {
                var measured = paths[i].Measure(TimeSpan.FromSeconds(seconds), roundTrips);
                results[i].Add(measured);
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"round {round}/{rounds}  {paths[i].Name,-38} {measured.PacketsPerSecond / 1000,7:F0} kpps  p50 {measured.RttMicros[0],6:F1} us"));
            }
        }
        var table = Table(paths, results);
        Console.WriteLine(table);
        var machine = Machine.Describe();
        if (output is not null)
            File.WriteAllText(output, Json(machine, paths, results));
        var spread = Spread(results[0].Select(m => m.PacketsPerSecond));
        if (spread <= MaxAnchorSpread)
        {
            if (docs is not null)
                MeasuredSection.Replace(docs, $"{machine}. {rounds} rounds, {seconds.ToString(CultureInfo.InvariantCulture)} s each, {roundTrips} round trips.", table);
            return 0;
        }
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"the anchor varied by {spread:P0}; nothing was written to documents; run again on a quieter machine"));
        return 1;
    }

    private static string Table(IPath[] paths, List<Measurement>[] results)
    {
        var text = new StringBuilder();
        text.AppendLine("| Path | 64 B kpps | x anchor | loss at half rate | RTT p50 us | x anchor | p99 us | p99.9 us |");
        text.AppendLine("|---|---|---|---|---|---|---|---|");
        for (var i = 0; i < paths.Length; i++)
        {
            var rate = results[i].Select((m, round) => m.PacketsPerSecond / results[0][round].PacketsPerSecond);
            var rtt = results[i].Select((m, round) => m.RttMicros[0] / results[0][round].RttMicros[0]);
            text.AppendLine(string.Create(CultureInfo.InvariantCulture,
                $"| {paths[i].Name} | {Median(results[i].Select(m => m.PacketsPerSecond)) / 1000:F0} | {Median(rate):F2} | {Median(results[i].Select(m => m.LossPercentAtHalf)):F2} % | {Median(results[i].Select(m => m.RttMicros[0])):F1} | {Median(rtt):F2} | {Median(results[i].Select(m => m.RttMicros[1])):F1} | {Median(results[i].Select(m => m.RttMicros[2])):F1} |"));
        }
        return text.ToString();
    }

    private static string Json(string machine, IPath[] paths, List<Measurement>[] results) => JsonSerializer.Serialize(
        new { machine, anchor = paths[0].Name, paths = paths.Select((path, i) => new { path.Name, rounds = results[i] }) },
        Indented) + "\n";

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }

    private static double Spread(IEnumerable<double> values)
    {
        var list = values.ToList();
        return (list.Max() - list.Min()) / Median(list);
    }
}
