using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Gateway.Core.Identity;
using Gateway.Corridor.Authority;
using Gateway.Corridor.State;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Gateway.Corridor.Hub;

/// <summary>The door to the house: TLS 1.3, and a client certificate of our authority or none at all. Another authority's certificate
/// ends the handshake; one of ours that is expired or revoked gets as far as being told so.</summary>
internal sealed class TlsFront(
    HubStore store, CertificateAuthority authority, HubLeaf leaf, PeerTable peers, HubLimits limits, HubCounters counters, TimeProvider time,
    RefusalLog refusals)
{
    private readonly X509Certificate2Collection _authorities = new(authority.Certificate);
    private int _connections;
    private int _strangers;

    public TlsHandshakeCallbackOptions Options => new()
    {
        HandshakeTimeout = limits.Handshake,
        OnConnection = context => ValueTask.FromResult(new SslServerAuthenticationOptions
        {
            ServerCertificateContext = leaf.Context(),
            ClientCertificateRequired = true,
            EnabledSslProtocols = SslProtocols.Tls13,
            AllowRenegotiation = false,
            // A resumed session would carry a certificate past the check below.
            AllowTlsResume = false,
            CertificateChainPolicy = AuthorityChain.Policy(_authorities),
            RemoteCertificateValidationCallback = (_, certificate, _, _) => Accept(certificate as X509Certificate2, context.Connection),
        }),
    };

    /// <summary>Before TLS: no more connections than the hub has room for.</summary>
    public async Task LimitAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        try
        {
            if (Interlocked.Increment(ref _connections) <= limits.Connections)
                await next(connection);
            else
                counters.Add(HubCounter.LimitConnections);
        }
        finally
        {
            Interlocked.Decrement(ref _connections);
        }
    }

    /// <summary>Behind TLS: runs each connection with its peer entered in the table.</summary>
    public async Task RunAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var peer = connection.Features.Get<ITlsConnectionFeature>()?.ClientCertificate is { } certificate
            ? new PeerConnection(Read(certificate), connection)
            : null;
        if (peer is not null)
            connection.Features.Set(peer);
        if (peer is not null && Standing.Explain(store.Current, peer.Credential, time.GetUtcNow()) is null)
            await RunPeerAsync(peer, connection, next);
        else
            await RunStrangerAsync(connection, next);
    }

    private async Task RunPeerAsync(PeerConnection peer, ConnectionContext connection, ConnectionDelegate next)
    {
        if (!peers.TryEnter(peer))
        {
            peer.Close($"more than {limits.ConnectionsPerIdentity} connections of {peer.Credential.Id}");
            return;
        }
        try
        {
            await next(connection);
        }
        finally
        {
            peers.Leave(peer);
        }
    }

    /// <summary>For who has no certificate, or one that does not count: time for an enrolment, or to be told why.</summary>
    private async Task RunStrangerAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        try
        {
            if (Interlocked.Increment(ref _strangers) > limits.StrangerConnections)
            {
                counters.Add(HubCounter.LimitStrangerConnections);
                connection.Abort(new ConnectionAbortedException($"more than {limits.StrangerConnections} connections without a good certificate"));
                return;
            }
            await using var limit = time.CreateTimer(
                _ => connection.Abort(new ConnectionAbortedException("no good certificate")), null, limits.StrangerStay, Timeout.InfiniteTimeSpan);
            await next(connection);
        }
        finally
        {
            Interlocked.Decrement(ref _strangers);
        }
    }

    private bool Accept(X509Certificate2? certificate, ConnectionContext connection)
    {
        if (certificate is null)
            return true;
        var wrong = Explain(certificate);
        if (wrong is null)
            return true;
        counters.Add(HubCounter.HandshakesRefused);
        refusals.Handshake(connection.RemoteEndPoint?.ToString() ?? "", wrong);
        return false;
    }

    private string? Explain(X509Certificate2 certificate)
    {
        if (AuthorityChain.Explain(certificate, _authorities, time.GetUtcNow()) is { } untrusted)
            return $"{certificate.Subject} is not of this authority ({untrusted})";
        try
        {
            Read(certificate);
            return null;
        }
        catch (Exception e) when (e is CertificateRejectedException or FormatException)
        {
            return e.Message;
        }
    }

    private static Credential Read(X509Certificate2 certificate)
    {
        var names = SubjectNames.Of(certificate);
        return names is { Uris: [var uri], Others: 0 }
            ? new Credential(SpiffeId.Parse(uri), StoredIdentity.FingerprintOf(certificate), Validity.Of(certificate))
            : throw new CertificateRejectedException($"subjectAltName: {names.Uris.Length} URI names and {names.Others} others; one URI name is right");
    }
}
