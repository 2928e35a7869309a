using Gateway.Core.Policy;
using Gateway.Core.Store;

namespace Gateway.Service.Hosting;

/// <summary>Runs the service until it is told to stop.</summary>
internal static class Daemon
{
    private const int BadInput = 1;
    private const int CannotRun = 2;

    public static async Task<int> RunAsync(ServiceOptions options, CancellationToken cancel)
    {
        var read = SiteReader.ReadFile(options.SiteFile);
        foreach (var error in read.Errors)
            Console.Error.WriteLine($"{options.SiteFile}: {error}");
        if (!read.Valid)
            return BadInput;
        try
        {
            await using var service = await RunningService.OpenAsync(options, read.Document, ServiceParts.Default).ConfigureAwait(false);
            await service.Application.RunAsync(cancel).ConfigureAwait(false);
            return 0;
        }
        catch (Exception e) when (e is JournalException or StateReplayException or IOException or UnauthorizedAccessException or InvalidDataException
            or System.Security.Cryptography.CryptographicException or System.Net.Sockets.SocketException)
        {
            Console.Error.WriteLine($"gatewayd cannot run: {e.Message}");
            return CannotRun;
        }
    }
}
