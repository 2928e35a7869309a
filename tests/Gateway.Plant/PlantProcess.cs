using System.Diagnostics;

namespace Gateway.Plant;

/// <summary>How to start a program of the plant.</summary>
public sealed record ProcessSpec(string Name, string Command, IReadOnlyList<string> Arguments)
{
    /// <summary>Namespace it runs in; null for this machine's own.</summary>
    public NetworkNamespace? Namespace { get; init; }

    /// <summary>User and group ids and capabilities, as words for setpriv; empty to stay root.</summary>
    public IReadOnlyList<string> Privileges { get; init; } = [];

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Prefix of the plant it belongs to: marks the process, so that it is found when whoever started it is gone.</summary>
    public string Plant { get; init; } = "";

    /// <summary>Started again when it ends by itself.</summary>
    public bool Restart { get; init; }
}

/// <summary>A running program with its log. Started again after it ends, where that is asked for.</summary>
public sealed class PlantProcess : IPlantProcess
{
    /// <summary>Variable in the environment of every process of a plant.</summary>
    private const string Mark = "GATEWAY_PLANT";

    private static readonly TimeSpan RestartPause = TimeSpan.FromMilliseconds(500);

    private readonly ProcessSpec _spec;
    private readonly StreamWriter _log;
    private readonly Lock _lock = new();
    private Process? _process;
    private bool _stopping;

    private PlantProcess(ProcessSpec spec, string logFile)
    {
        _spec = spec;
        _log = new StreamWriter(new FileStream(logFile, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };
    }

    public string Name => _spec.Name;

    public int Pid => _process is { HasExited: false } process ? process.Id : 0;

    /// <summary>While true it is not started again.</summary>
    public bool Held { get; set; }

    /// <summary>Times it was started again.</summary>
    public int Restarts { get; private set; }

    public static PlantProcess Start(ProcessSpec spec, string logFolder)
    {
        var process = new PlantProcess(spec, Path.Combine(logFolder, spec.Name + ".log"));
        process.Launch();
        return process;
    }

    /// <summary>Ends it as a crash would; it comes back where restart is asked for.</summary>
    public void KillHard()
    {
        if (Pid is > 0 and var pid)
            Shell.Run("kill", "-9", pid.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>Ends it for good: asks first, then insists.</summary>
    public void Stop(TimeSpan patience)
    {
        lock (_lock)
            _stopping = true;
        var process = _process;
        if (process is null || process.HasExited)
            return;
        Shell.Run("kill", "-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
        if (!process.WaitForExit(patience))
            process.Kill(entireProcessTree: true);
    }

    /// <summary>Kills the processes of a plant that nobody looks after any more.</summary>
    public static void KillMarked(string plant)
    {
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(folder => Path.GetFileName(folder).All(char.IsAsciiDigit)))
        {
            if (ReadMark(process) == plant)
                Shell.Run("kill", "-9", Path.GetFileName(process));
        }
    }

    private static string ReadMark(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "environ")).Split('\0')
                .FirstOrDefault(variable => variable.StartsWith(Mark + "=", StringComparison.Ordinal))?[(Mark.Length + 1)..] ?? "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It ended while we looked.
            return "";
        }
    }

    public void Dispose()
    {
        Stop(TimeSpan.FromSeconds(5));
        _log.Dispose();
    }

    private void Launch()
    {
        // Every wrapper execs the next program, so the process started here is the program itself in the end.
        List<string> words = [];
        if (_spec.Namespace is { } inside)
            words.AddRange(["ip", "netns", "exec", inside.Name]);
        if (_spec.Privileges.Count > 0)
            words.AddRange(["setpriv", .. _spec.Privileges, "--"]);
        words.AddRange([_spec.Command, .. _spec.Arguments]);
        var start = new ProcessStartInfo(words[0], words[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.Environment[Mark] = _spec.Plant;
        foreach (var (name, value) in _spec.Environment)
            start.Environment[name] = value;
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) => Log(line.Data);
        process.ErrorDataReceived += (_, line) => Log(line.Data);
        process.Exited += (_, _) => OnExit(process);
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _process = process;
    }

    private void OnExit(Process process)
    {
        Log($"-- ended with exit code {process.ExitCode}");
        lock (_lock)
        {
            if (_stopping || !_spec.Restart)
                return;
        }
        do
            Thread.Sleep(RestartPause);
        while (Held && !_stopping);
        lock (_lock)
        {
            if (_stopping)
                return;
            Restarts++;
            Launch();
        }
    }

    private void Log(string? line)
    {
        if (line is null)
            return;
        lock (_log)
        {
            try
            {
                _log.WriteLine(line);
            }
            catch (ObjectDisposedException)
            {
                // Words said after the end are not worth keeping.
            }
        }
    }
}
