using System.Globalization;
using Gateway.Core.Store;

namespace Gateway.CrashRig;

/// <summary>Measures appends per second and their latency, alone and with several callers at once.</summary>
internal static class Meter
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(3);

    public static async Task<int> Run(string folder)
    {
        RigStore.Make(folder);
        using var journal = Journal.Open(new JournalOptions
        {
            Name = RigStore.RecordsName,
            Folder = RigStore.Folder(folder, RigStore.RecordsName),
            Key = RigStore.Key(folder),
        });
        foreach (var callers in new[] { 1, 1, 8, 64 })
            Console.WriteLine(await Measure(journal, callers));
        return 0;
    }

    private static async Task<string> Measure(Journal journal, int callers)
    {
        var started = TimeProvider.System.GetTimestamp();
        var groups = journal.Counters.Groups;
        var times = (await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(() => Append(journal, started))))).SelectMany(t => t).Order().ToList();
        var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        return string.Create(CultureInfo.InvariantCulture,
            $"{callers} callers: {times.Count / seconds:F0} appends/s, p50 {Percentile(times, 50):F3} ms, p99 {Percentile(times, 99):F3} ms, {(double)times.Count / (journal.Counters.Groups - groups):F1} records per fsync");
    }

    private static async Task<List<double>> Append(Journal journal, long started)
    {
        var times = new List<double>();
        var payload = new byte[200];
        while (TimeProvider.System.GetElapsedTime(started) < Duration)
        {
            var before = TimeProvider.System.GetTimestamp();
            await journal.AppendAsync(payload);
            times.Add(TimeProvider.System.GetElapsedTime(before).TotalMilliseconds);
        }
        return times;
    }

    private static double Percentile(List<double> sorted, int percent) => sorted[(sorted.Count - 1) * percent / 100];
}
