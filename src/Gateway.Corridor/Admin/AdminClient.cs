using System.Net.Sockets;
using System.Text.Json;

namespace Gateway.Corridor.Admin;

/// <summary>Asks the hub that runs on a folder.</summary>
internal static class AdminClient
{
    /// <summary>A status of 10,000 identities is some 3 MiB.</summary>
    private const int MaxReplyBytes = 16 << 20;

    /// <exception cref="AdminUnreachableException">No hub runs there, or it is another user's.</exception>
    public static async Task<AdminReply> AskAsync(string folder, AdminRequest request, CancellationToken cancel)
    {
        var path = AdminServer.PathIn(folder);
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancel);
            await using var stream = new NetworkStream(socket);
            await stream.WriteAsync((byte[])[.. JsonSerializer.SerializeToUtf8Bytes(request, AdminJson.Default.AdminRequest), (byte)'\n'], cancel);
            using var reply = new MemoryStream();
            var buffer = new byte[64 << 10];
            int length;
            while ((length = await stream.ReadAsync(buffer, cancel)) > 0 && reply.Length < MaxReplyBytes)
                reply.Write(buffer, 0, length);
            return JsonSerializer.Deserialize(reply.GetBuffer().AsSpan(0, (int)reply.Length), AdminJson.Default.AdminReply) ?? throw new JsonException("null");
        }
        catch (Exception e) when (e is SocketException or IOException or JsonException or ArgumentException)
        {
            throw new AdminUnreachableException($"no answer at {path}: {e.Message}; does a hub run with --state {folder}, and as this user?", e);
        }
    }
}

/// <summary>The hub's admin socket did not answer.</summary>
internal sealed class AdminUnreachableException(string message, Exception inner) : Exception(message, inner);
