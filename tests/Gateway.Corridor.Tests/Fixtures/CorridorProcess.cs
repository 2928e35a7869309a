using System.Collections.Concurrent;
using System.Diagnostics;

namespace Gateway.Corridor.Tests.Fixtures;

/// <summary>The command as its users run it.</summary>
internal sealed class CorridorProcess : IAsyncDisposable
{
    private readonly System.Diagnostics.Process _process;
    private readonly ConcurrentQueue<string> _lines = [];

    private CorridorProcess(IEnumerable<string> arguments)
    {
        _process = new System.Diagnostics.Process
        {
            StartInfo = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "corridor"), arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                RedirectStandardInput = true,
                // As its unit starts it: without this the runtime opens a socket of its own for debuggers.
                Environment = { ["DOTNET_EnableDiagnostics"] = "0" },
            },
        };
        _process.OutputDataReceived += (_, line) => Add(line.Data);
        _process.ErrorDataReceived += (_, line) => Add(line.Data);
        _process.Start();
        _process.StandardInput.Close();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    /// <summary>What it printed, both outputs.</summary>
    public string Text => string.Join('\n', _lines);

    public static CorridorProcess Start(params string[] arguments) => new(arguments);

    /// <summary>Runs to its end.</summary>
    public static async Task<(int ExitCode, string Text)> RunAsync(params string[] arguments)
    {
        await using var process = new CorridorProcess(arguments);
        await process._process.WaitForExitAsync(TestSite.Cancel).WaitAsync(Eventually.Limit);
        return (process._process.ExitCode, process.Text);
    }

    /// <summary>Runs to its end, which must be a good one.</summary>
    public static async Task<string> DoAsync(params string[] arguments)
    {
        var (exitCode, text) = await RunAsync(arguments);
        Assert.True(exitCode == 0, $"corridor {string.Join(' ', arguments)}: {exitCode}\n{text}");
        return text;
    }

    public Task SaysAsync(string part) => Eventually.TrueAsync(() =>
    {
        Assert.False(_process.HasExited && !Text.Contains(part, StringComparison.Ordinal), $"ended without '{part}':\n{Text}");
        return Text.Contains(part, StringComparison.Ordinal);
    }, $"'{part}' in:\n{Text}");

    /// <summary>Asks it to stop, as systemd and a terminal do.</summary>
    /// <returns>Exit code.</returns>
    public async Task<int> StopAsync()
    {
        using var kill = System.Diagnostics.Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await _process.WaitForExitAsync(TestSite.Cancel).WaitAsync(Eventually.Limit);
        return _process.ExitCode;
    }

    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(TestSite.Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }
        _process.Dispose();
    }

    private void Add(string? line)
    {
        if (line is not null)
            _lines.Enqueue(line);
    }
}
