using System.Globalization;
using Gateway.Plant;

namespace Gateway.System.Tests;

/// <summary>mbpoll, the Modbus master that people use, on a host of the plant.</summary>
internal static class Mbpoll
{
    /// <summary>Reads holding registers through what listens on the host's own loopback.</summary>
    public static ShellResult Read(RunningPlant plant, PlantHost host, int port = PlantSite.DialPort, int count = 2) =>
        Run(plant, host, port, "-r", "1", "-c", count.ToString(CultureInfo.InvariantCulture), "127.0.0.1");

    /// <summary>Writes one holding register; the first has number 1.</summary>
    public static ShellResult Write(RunningPlant plant, PlantHost host, int register, int value, int port = PlantSite.DialPort) =>
        Run(plant, host, port, "-r", register.ToString(CultureInfo.InvariantCulture), "127.0.0.1", value.ToString(CultureInfo.InvariantCulture));

    private static ShellResult Run(RunningPlant plant, PlantHost host, int port, params string[] words) => plant.Plant.Host(host).Run(
        "mbpoll", ["-m", "tcp", "-p", port.ToString(CultureInfo.InvariantCulture), "-a", "1", "-t", "4", "-1", "-o", "5", .. words]);
}
