using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Gateway.Plant.Commands;

/// <summary>Runs a plant and does what its callers ask, one at a time.</summary>
internal sealed class PlantSupervisor(PlantSite site) : IDisposable
{
    private const int AlreadyRuns = 4;
    private const int Failed = 1;

    private readonly CancellationTokenSource _stop = new();

    public static async Task<int> RunAsync(PlantOptions options, CancellationToken cancel)
    {
        if (PlantCaller.Send(options.Folder, ["status"]) is { } running)
        {
            Console.Error.WriteLine("a plant runs already; ./run stop ends it");
            Console.Error.WriteLine(running.Text.TrimEnd());
            return AlreadyRuns;
        }
        Plant.Clear(options.Prefix);
        Plant.DeleteFolder(options.Folder);
        try
        {
            using var site = PlantSite.Start(options, Console.WriteLine);
            site.PlugIn(Console.WriteLine);
            using var supervisor = new PlantSupervisor(site);
            using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
            {
                context.Cancel = true;
                supervisor._stop.Cancel();
            });
            await supervisor.ListenAsync(PlantCaller.SocketOf(options.Folder), cancel);
            return 0;
        }
        catch (Exception e) when (e is InvalidOperationException or TimeoutException or IOException)
        {
            Console.Error.WriteLine($"the plant does not come up: {e.Message}");
            return Failed;
        }
    }

    public void Dispose() => _stop.Dispose();

    private async Task ListenAsync(string path, CancellationToken cancel)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, _stop.Token);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        socket.Listen();
        await File.WriteAllTextAsync(PlantCaller.PidOf(site.Plant.Folder), Environment.ProcessId.ToString(CultureInfo.InvariantCulture), cancel);
        Console.WriteLine(Invitation.Text(site));
        Console.WriteLine("ready");
        while (!either.IsCancellationRequested)
        {
            try
            {
                using var caller = await socket.AcceptAsync(either.Token);
                await AnswerAsync(caller);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception e) when (e is IOException or SocketException or JsonException)
            {
                Console.Error.WriteLine($"a caller left early: {e.Message}");
            }
        }
    }

    private async Task AnswerAsync(Socket caller)
    {
        await using var stream = new NetworkStream(caller);
        using var reader = new StreamReader(stream);
        await using var writer = new StreamWriter(stream) { AutoFlush = true };
        var words = JsonSerializer.Deserialize<string[]>(await reader.ReadLineAsync() ?? "[]") ?? [];
        PlantCaller.Answer answer;
        try
        {
            answer = Do(words);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or TimeoutException)
        {
            answer = new PlantCaller.Answer(Failed, e.Message);
        }
        await writer.WriteLineAsync(JsonSerializer.Serialize(answer));
    }

    private PlantCaller.Answer Do(string[] words)
    {
        switch (words)
        {
            case ["status"]:
                return new PlantCaller.Answer(0, Invitation.Text(site));
            case ["stop"]:
                _stop.Cancel();
                return new PlantCaller.Answer(0, "stopping");
            case ["plug", var name, var socket]:
                site.Plant.Plug(Invitation.DeviceNamed(name), Invitation.SocketNumber(socket));
                return new PlantCaller.Answer(0, $"{name} is in socket {socket}");
            case ["unplug", var socket]:
                return new PlantCaller.Answer(0, $"{site.Plant.Unplug(Invitation.SocketNumber(socket)).Name} is out of socket {socket}");
            default:
                return new PlantCaller.Answer(Failed, string.Create(CultureInfo.InvariantCulture, $"unknown: {string.Join(' ', words)}"));
        }
    }
}
