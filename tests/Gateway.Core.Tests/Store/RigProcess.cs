using System.Diagnostics;
using System.Text;

namespace Gateway.Core.Tests.Store;

/// <summary>The crash rig as a process of its own.</summary>
internal sealed class RigProcess : IDisposable
{
    private readonly Process _process;
    private readonly TaskCompletionSource _spoke = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task<string> _output;

    public RigProcess(string mode, string folder)
        : this([Program, mode, folder])
    {
    }

    /// <summary>A command that ends up in the rig.</summary>
    public RigProcess(params IReadOnlyList<string> command)
    {
        _process = Process.Start(new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _output = Task.Run(ReadAll);
    }

    /// <summary>The rig's program, built beside this one.</summary>
    public static string Program
    {
        get
        {
            var here = new DirectoryInfo(AppContext.BaseDirectory);
            return Path.Combine(here.Parent!.Parent!.FullName, "Gateway.CrashRig", here.Name, "Gateway.CrashRig");
        }
    }

    /// <summary>Done when the first byte came out, or none will.</summary>
    public Task Spoke => _spoke.Task;

    public int ExitCode => _process.ExitCode;

    /// <summary>kill -9.</summary>
    public void Kill() => _process.Kill();

    public void EndInput() => _process.StandardInput.Close();

    /// <summary>Waits for the end and gives all that came out: whole lines only.</summary>
    public async Task<List<string>> EndAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
        var output = await _output;
        return [.. output[..(output.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    public async Task<string> ErrorsAsync() => await _process.StandardError.ReadToEndAsync();

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }

    private async Task<string> ReadAll()
    {
        var output = new StringBuilder();
        var buffer = new byte[64 * 1024];
        int count;
        while ((count = await _process.StandardOutput.BaseStream.ReadAsync(buffer)) > 0)
        {
            output.Append(Encoding.ASCII.GetString(buffer, 0, count));
            _spoke.TrySetResult();
        }
        _spoke.TrySetResult();
        return output.ToString();
    }
}
