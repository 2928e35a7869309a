using System.Globalization;
using Gateway.Plant;

namespace Gateway.SystemTests;

/// <summary>One Modbus connection kept open on a host of the plant, which reads twenty times a second and says when it ends.</summary>
internal sealed class OpenSession
{
    private const string Program =
        """
        import socket, struct, sys, time
        s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 5)
        s.settimeout(3)
        n = 0
        why = ""
        while not why:
            n += 1
            try:
                s.sendall(struct.pack(">HHHBBHH", n & 0xffff, 0, 6, 1, 3, 0, 2))
                answer = s.recv(300)
                why = "" if answer else "closed"
                print("read", n, flush=True) if answer else None
            except OSError as e:
                why = str(e)
            time.sleep(0.05)
        print("ended %.6f %s" % (time.time(), why), flush=True)
        """;

    private readonly string _log;

    private OpenSession(string log) => _log = log;

    /// <summary>Answers so far.</summary>
    public int Reads => Lines().Count(line => line.StartsWith("read ", StringComparison.Ordinal));

    /// <summary>When it ended, by its own clock; null while it goes on.</summary>
    public DateTimeOffset? Ended => Lines().FirstOrDefault(line => line.StartsWith("ended ", StringComparison.Ordinal)) is { } end
        ? DateTimeOffset.UnixEpoch.AddSeconds(double.Parse(end.Split(' ')[1], CultureInfo.InvariantCulture))
        : null;

    public static OpenSession Start(RunningPlant plant, PlantHost host, int port)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"session-{Guid.NewGuid():N}");
        plant.Plant.Start(new ProcessSpec(name, "/usr/bin/python3", ["-c", Program, port.ToString(CultureInfo.InvariantCulture)]) { Namespace = plant.Plant.Host(host) });
        return new OpenSession(Path.Combine(plant.Plant.LogFolder, name + ".log"));
    }

    private string[] Lines()
    {
        using var reader = new StreamReader(new FileStream(_log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd().Split('\n');
    }
}
