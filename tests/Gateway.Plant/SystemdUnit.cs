using System.Globalization;

namespace Gateway.Plant;

/// <summary>One process of the box, run by systemd from the appliance's own unit, where systemd runs this machine. Only paths and the box's
/// namespace differ from the appliance.</summary>
public sealed class SystemdUnit : IPlantProcess
{
    private const string Units = "/run/systemd/system";

    /// <summary>Keys of the appliance's unit that name its places or its neighbours.</summary>
    private static readonly string[] Replaced =
        ["ExecStart=", "Requires=", "Wants=", "After=", "PartOf=", "StateDirectory", "ReadWritePaths=", "ReadOnlyPaths=",
            "InaccessiblePaths=", "EnvironmentFile=", "Environment=GATEWAY_WEB_LISTEN"];

    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(2);

    private readonly string _unit;
    private bool _held;

    private SystemdUnit(string name, string unit)
    {
        Name = name;
        _unit = unit;
    }

    /// <summary>Whether systemd runs this machine (sd_booted(3)).</summary>
    public static bool IsAvailable => Directory.Exists(Units);

    /// <summary>Whether units of any plant are there.</summary>
    public static bool AnyLeft => Directory.EnumerateFiles(Units, "gateway-*.service").Any();

    public string Name { get; }

    public int Pid => int.Parse(Show("MainPID"), CultureInfo.InvariantCulture);

    public int Restarts => int.Parse(Show("NRestarts"), CultureInfo.InvariantCulture) + _starts;

    /// <summary>Starts that systemd does not count.</summary>
    private int _starts;

    public bool Held
    {
        get => _held;
        set
        {
            if (_held == value)
                return;
            _held = value;
            if (value)
                return;
            _starts++;
            Shell.Run("systemctl", "start", _unit).Require($"starting {_unit}");
        }
    }

    /// <summary>Writes the unit and starts it; returns when the process said that it is ready.</summary>
    /// <param name="spec">What runs, and as whom.</param>
    /// <param name="appliance">The unit of the appliance.</param>
    /// <param name="folder">The plant's folder, which stands for the folders of the appliance.</param>
    public static SystemdUnit Start(ProcessSpec spec, string appliance, string folder)
    {
        var unit = $"gateway-{spec.Plant}-{spec.Name}.service";
        List<string> service =
        [
            $"ExecStart={string.Join(' ', spec.Arguments.Prepend(spec.Command).Select(Quote))}",
            $"ReadWritePaths={folder}", $"StandardOutput=append:{Path.Combine(folder, "log", spec.Name + ".log")}", "StandardError=inherit",
            .. spec.Environment.Select(variable => $"Environment={variable.Key}={variable.Value}"),
        ];
        if (spec.Namespace is { } inside)
            service.Add($"NetworkNamespacePath=/run/netns/{inside.Name}");
        var text = File.ReadLines(appliance).Where(line => !Array.Exists(Replaced, key => line.StartsWith(key, StringComparison.Ordinal))).ToList();
        text.InsertRange(text.IndexOf("[Service]") + 1, service);
        File.WriteAllLines(Path.Combine(Units, unit), text);
        Shell.Run("systemctl", "daemon-reload").Require("systemctl daemon-reload");
        var start = Shell.Run(StartPatience, "systemctl", ["start", unit]);
        if (start.ExitCode != 0)
            throw new InvalidOperationException($"{unit} does not start: {Shell.Run("systemctl", "status", "--no-pager", "--lines=20", unit).Output.Trim()}");
        return new SystemdUnit(spec.Name, unit);
    }

    /// <summary>Removes the units of a plant that nobody looks after any more.</summary>
    public static void Clear(string plant)
    {
        if (!IsAvailable)
            return;
        foreach (var file in Directory.EnumerateFiles(Units, $"gateway-{plant}-*.service").ToList())
            Remove(Path.GetFileName(file));
        SystemdAccounts.Remove();
    }

    public void KillHard()
    {
        Shell.Run("systemctl", "kill", "-s", "KILL", _unit).Require($"killing {_unit}");
        if (_held)
            Shell.Run("systemctl", "stop", _unit);
    }

    public void Dispose() => Remove(_unit);

    private static void Remove(string unit)
    {
        Shell.Run("systemctl", "stop", unit);
        File.Delete(Path.Combine(Units, unit));
        Shell.Run("systemctl", "daemon-reload");
        Shell.Run("systemctl", "reset-failed", unit);
    }

    private string Show(string property) => Shell.Run("systemctl", "show", "--value", "-p", property, _unit).Require($"asking for {property}").Output.Trim();

    private static string Quote(string word) => word.Contains(' ', StringComparison.Ordinal) ? $"\"{word}\"" : word;
}
