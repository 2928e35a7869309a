using System.Security.Cryptography.X509Certificates;
using Gateway.Core.Identity;

namespace Gateway.Corridor.Client;

/// <summary>One round from a new key to a credential in use: key, request, certificate, check, proof, and only then the old one goes.
/// A round that fails at any step leaves the old credential as it was.</summary>
/// <param name="store">Where key and certificate live.</param>
/// <param name="hub">Hub that has to accept the new credential.</param>
/// <param name="options">Times and bounds.</param>
public sealed class CredentialCycle(KeyStore store, CorridorEndpoint hub, CorridorClientOptions options)
{
    /// <summary>Runs one round. The caller holds the store's lock.</summary>
    /// <param name="id">Identity to have certified.</param>
    /// <param name="authorities">Authorities the certificate must come from.</param>
    /// <param name="submit">Sends the PKCS #10 request to whoever certifies.</param>
    /// <param name="cancel">Cancels.</param>
    /// <returns>The credential now current.</returns>
    /// <exception cref="CertificateRejectedException">What came back is not what was asked for.</exception>
    /// <exception cref="CorridorRefusedException">The hub refused the request or the new credential.</exception>
    /// <exception cref="CorridorUnreachableException">The hub did not answer.</exception>
    public async Task<StoredIdentity> RunAsync(
        SpiffeId id, X509Certificate2Collection authorities, Func<ReadOnlyMemory<byte>, CancellationToken, Task<X509Certificate2>> submit,
        CancellationToken cancel)
    {
        try
        {
            using var key = store.MakePending();
            using var certificate = await submit(SigningRequest.Create(key, id), cancel).ConfigureAwait(false);
            new CertificateCheck(key, id, authorities).Accept(certificate, options.Time.GetUtcNow());
            store.StorePending(certificate, authorities);
        }
        catch
        {
            store.DiscardPending();
            throw;
        }
        return await ProveAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>Proves the pending credential by a connection that shows it, and makes it current.</summary>
    /// <returns>The credential now current.</returns>
    /// <exception cref="CorridorRefusedException">The hub does not accept it: it has been destroyed.</exception>
    /// <exception cref="CorridorUnreachableException">The hub did not answer: it stays pending and can be proven later.</exception>
    public async Task<StoredIdentity> ProveAsync(CancellationToken cancel)
    {
        using var pending = store.LoadPending() ?? throw new IdentityStoreException("there is no pending certificate to prove");
        using var connection = new CorridorConnection(hub, pending, options);
        try
        {
            await connection.DirectoryAsync(cancel).ConfigureAwait(false);
        }
        catch (CorridorRefusedException)
        {
            store.DiscardPending();
            throw;
        }
        return store.Promote();
    }
}
