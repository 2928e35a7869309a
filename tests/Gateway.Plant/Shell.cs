using System.Diagnostics;

namespace Gateway.Plant;

/// <summary>What a finished command left.</summary>
public sealed record ShellResult(int ExitCode, string Output, string Error)
{
    /// <exception cref="InvalidOperationException">The command failed; the message holds what it said.</exception>
    public ShellResult Require(string what) => ExitCode == 0
        ? this
        : throw new InvalidOperationException($"{what} failed with exit code {ExitCode}: {Error.Trim()} {Output.Trim()}");
}

/// <summary>Runs commands to their end.</summary>
public static class Shell
{
    /// <summary>Longest time a set-up command may take.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    public static ShellResult Run(string command, params IEnumerable<string> arguments) => Run(DefaultTimeout, command, arguments);

    /// <summary>Runs a command and waits for it.</summary>
    /// <exception cref="TimeoutException">It took longer than <paramref name="timeout"/> and was killed.</exception>
    public static ShellResult Run(TimeSpan timeout, string command, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"cannot start {command}");
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(timeout))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{command} did not end within {timeout.TotalSeconds} s");
        }
        process.WaitForExit();
        return new ShellResult(process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }

    /// <summary>Runs <c>ip</c> with the words of one line.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static void Ip(string words) => Run("ip", words.Split(' ')).Require($"ip {words}");
}
