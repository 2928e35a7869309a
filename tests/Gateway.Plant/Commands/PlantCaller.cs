using System.Net.Sockets;
using System.Text.Json;

namespace Gateway.Plant.Commands;

/// <summary>Speaks with the plant that runs.</summary>
internal static class PlantCaller
{
    private const int NotRunning = 3;
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(60);

    public static string SocketOf(string folder) => Path.Combine(folder, "plant.sock");

    /// <summary>Sends words, prints the answer, gives its exit code.</summary>
    public static int Ask(string folder, params string[] words)
    {
        if (Send(folder, words) is not { } answer)
        {
            Console.Error.WriteLine("no plant runs; ./run starts one");
            return NotRunning;
        }
        (answer.Exit == 0 ? Console.Out : Console.Error).WriteLine(answer.Text.TrimEnd());
        return answer.Exit;
    }

    /// <summary>Asks the plant to end, waits for it, and clears what is left.</summary>
    public static int Stop(string folder)
    {
        var supervisor = ReadPid(folder);
        var ran = Send(folder, ["stop"]) is not null;
        if (ran)
            Wait.Until(() => !Directory.Exists($"/proc/{supervisor}"), "the plant ends", (int)StopPatience.TotalSeconds);
        var left = Directory.Exists(folder) || NetworkNamespace.Named(PlantOptions.RunPrefix + "-").Count > 0;
        Plant.Clear(PlantOptions.RunPrefix);
        Plant.DeleteFolder(folder);
        Console.WriteLine(ran ? "stopped; nothing is left" : left ? "cleared what a plant that died had left" : "no plant runs");
        return 0;
    }

    public static string PidOf(string folder) => Path.Combine(folder, "plant.pid");

    private static string ReadPid(string folder) => File.Exists(PidOf(folder)) ? File.ReadAllText(PidOf(folder)).Trim() : "";

    /// <summary>The answer; null when nobody listens.</summary>
    public static Answer? Send(string folder, string[] words)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(SocketOf(folder)));
            using var stream = new NetworkStream(socket);
            using var writer = new StreamWriter(stream) { AutoFlush = true };
            using var reader = new StreamReader(stream);
            writer.WriteLine(JsonSerializer.Serialize(words));
            return reader.ReadLine() is { } line ? JsonSerializer.Deserialize<Answer>(line) : null;
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return null;
        }
    }

    /// <param name="Exit">Exit code.</param>
    /// <param name="Text">What to print.</param>
    internal sealed record Answer(int Exit, string Text);
}
