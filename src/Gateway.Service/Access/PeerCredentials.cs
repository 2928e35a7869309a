using System.Net.Sockets;
using System.Runtime.InteropServices;
using Gateway.Core.State;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Gateway.Service.Access;

/// <summary>Who stands behind a connection on the Unix socket, as the kernel says (unix(7), SO_PEERCRED).</summary>
internal static class PeerCredentials
{
    private const int SocketLevel = 1;
    private const int PeerCredentialsOption = 17;
    private const int CredentialsBytes = 12;
    private const int UserOffset = 4;

    private static readonly object UserKey = new();

    /// <summary>Reads the credentials when a connection comes, once.</summary>
    public static ConnectionDelegate Read(ConnectionDelegate next) => context =>
    {
        if (context.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket)
            context.Items[UserKey] = UserOf(socket);
        return next(context);
    };

    /// <summary>Root on the box is the engineer; every other user, the web process among them, is nobody until a session says who.</summary>
    public static Principal? LocalPrincipal(HttpContext context) =>
        context.Features.Get<IConnectionItemsFeature>()?.Items.TryGetValue(UserKey, out var user) == true && user is 0u
            ? new Principal(Principal.LocalRoot, Role.Engineer)
            : null;

    private static uint UserOf(Socket socket)
    {
        Span<byte> credentials = stackalloc byte[CredentialsBytes];
        var length = socket.GetRawSocketOption(SocketLevel, PeerCredentialsOption, credentials);
        return length == CredentialsBytes ? MemoryMarshal.Read<uint>(credentials[UserOffset..]) : uint.MaxValue;
    }
}
