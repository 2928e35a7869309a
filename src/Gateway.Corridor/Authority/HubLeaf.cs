using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Core.Identity;

namespace Gateway.Corridor.Authority;

/// <summary>The hub's own certificate. Its key lives in memory only; a new pair is made at each start and at two thirds of its life.</summary>
internal sealed class HubLeaf(
    CertificateAuthority authority, SpiffeId id, IReadOnlyList<string> dnsNames, IReadOnlyList<IPAddress> addresses, TimeSpan life, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly RenewalSchedule _schedule = new(time, Random.Shared);
    private SslStreamCertificateContext? _context;
    private DateTimeOffset _due;

    /// <summary>What to show on a new connection.</summary>
    public SslStreamCertificateContext Context()
    {
        lock (_lock)
        {
            if (_context is null || time.GetUtcNow() >= _due)
                (_context, _due) = Make();
            return _context;
        }
    }

    private (SslStreamCertificateContext Context, DateTimeOffset Due) Make()
    {
        using var key = ECDsa.Create(SigningRequest.Curve);
        using var certificate = authority.Issue(id, new PublicKey(key), life, dnsNames, addresses);
        var own = certificate.CopyWithPrivateKey(key);
        var chain = new X509Certificate2Collection(authority.Certificate);
        return (SslStreamCertificateContext.Create(own, chain, offline: true), _schedule.DueAt(Validity.Of(own)));
    }
}
