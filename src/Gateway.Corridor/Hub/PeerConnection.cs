using Gateway.Corridor.State;
using Microsoft.AspNetCore.Connections;

namespace Gateway.Corridor.Hub;

/// <summary>A TLS connection whose peer showed a certificate of our authority. Whether it still counts is asked at each request.</summary>
internal sealed class PeerConnection(Credential credential, ConnectionContext connection)
{
    public Credential Credential { get; } = credential;

    /// <summary>Ends the connection with all its streams.</summary>
    public void Close(string reason) => connection.Abort(new ConnectionAbortedException(reason));
}
