namespace Gateway.Plant;

/// <summary>The site's own servers on the plant network: historian and badge server.</summary>
public static class PlantServices
{
    /// <summary>Starts InfluxDB as historian, with a database <c>plant</c>.</summary>
    public static PlantProcess StartHistorian(Plant plant)
    {
        var folder = Path.Combine(plant.Folder, "historian");
        Directory.CreateDirectory(folder);
        var config = Path.Combine(folder, "influxdb.conf");
        File.WriteAllText(config,
            $"""
            reporting-disabled = true
            bind-address = "127.0.0.1:8088"
            [meta]
              dir = "{folder}/meta"
            [data]
              dir = "{folder}/data"
              wal-dir = "{folder}/wal"
            [http]
              bind-address = "{PlantLayout.Historian.Address}:{PlantLayout.HistorianPort}"
              log-enabled = false
            """);
        var process = plant.Start(new ProcessSpec("historian", "influxd", ["-config", config]) { Namespace = plant.Host(PlantLayout.Historian), Restart = true });
        Wait.Until(() => Query(plant, "CREATE DATABASE plant").ExitCode == 0, "the historian answers");
        return process;
    }

    /// <summary>Asks the historian from its own host.</summary>
    public static ShellResult Query(Plant plant, string statement) => plant.Host(PlantLayout.Historian).Run(
        "curl", "-sS", "--fail", "--max-time", "3", "-XPOST", $"http://{PlantLayout.Historian.Address}:{PlantLayout.HistorianPort}/query?db=plant",
        "--data-urlencode", $"q={statement}");

    /// <summary>Starts a TLS server for the badge reader.</summary>
    public static PlantProcess StartBadgeServer(Plant plant)
    {
        var folder = Path.Combine(plant.Folder, "badge-server");
        Directory.CreateDirectory(folder);
        var (key, certificate) = (Path.Combine(folder, "key.pem"), Path.Combine(folder, "certificate.pem"));
        Shell.Run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30",
            "-subj", "/CN=badge-server", "-keyout", key, "-out", certificate).Require("the badge server's certificate");
        return plant.Start(new ProcessSpec("badge-server", "openssl",
            ["s_server", "-accept", $"{PlantLayout.BadgeServer.Address}:{PlantLayout.BadgeServerPort}", "-key", key, "-cert", certificate, "-quiet", "-naccept", "1000000"])
        {
            Namespace = plant.Host(PlantLayout.BadgeServer), Restart = true,
        });
    }
}
