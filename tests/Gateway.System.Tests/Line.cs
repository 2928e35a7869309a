using System.Text.Json;
using Gateway.Plant;

namespace Gateway.SystemTests;

/// <summary>The sorting line: a machine that reads and writes its PLC every 100 ms, both behind the box, and what it counts.</summary>
internal sealed class Line(RunningPlant plant)
{
    /// <summary>Sets up both, and waits until the line runs.</summary>
    public static async Task<Line> StartAsync(RunningPlant plant)
    {
        await plant.SetUpAsync(1, "plc-7", "plc", "scada-read-plc-7", "plc-7-to-historian");
        await plant.SetUpAsync(5, "sorter-a", "sorting-machine", "sorter-a-operate-plc-7");
        var line = new Line(plant);
        await line.UntilRunningAsync(30);
        return line;
    }

    /// <summary>What the machine counted so far.</summary>
    public (int Cycles, int Missed) Count()
    {
        var file = Path.Combine(plant.Plant.Folder, "sorter-a.json");
        if (!File.Exists(file))
            return default;
        using var json = JsonDocument.Parse(File.ReadAllText(file));
        return (json.RootElement.GetProperty("cycles").GetInt32(), json.RootElement.GetProperty("missed").GetInt32());
    }

    /// <summary>Waits until good cycles follow each other again.</summary>
    public Task UntilRunningAsync(int seconds)
    {
        var before = Count();
        return Until.TrueAsync(() => Good() - (before.Cycles - before.Missed) >= 10, "the line runs", seconds);
    }

    public int Good() => Count() is var (cycles, missed) ? cycles - missed : 0;
}
