using System.Collections.Immutable;
using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Core.Identity;

/// <summary>The subject alternative names of a certificate or request (RFC 5280, section 4.2.1.6), as far as identities need them.</summary>
/// <param name="Uris">Names of the form uniformResourceIdentifier.</param>
/// <param name="Others">How many names of any other form there are.</param>
public sealed record SubjectNames(ImmutableArray<string> Uris, int Others)
{
    /// <summary>Most names read; an honest certificate of this system has one, a hub's a handful.</summary>
    public const int MaxNames = 32;

    private const string ExtensionOid = "2.5.29.17";

    private static readonly Asn1Tag DnsTag = new(TagClass.ContextSpecific, 2);
    private static readonly Asn1Tag UriTag = new(TagClass.ContextSpecific, 6);
    private static readonly Asn1Tag AddressTag = new(TagClass.ContextSpecific, 7);

    /// <summary>The extension with the id and, for a hub, the names and addresses by which ordinary TLS clients know it.</summary>
    public static X509Extension Build(SpiffeId id, IEnumerable<string> dnsNames, IEnumerable<IPAddress> addresses)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            // Written here and not by System.Uri, which would put a slash behind an id without a path.
            writer.WriteCharacterString(UniversalTagNumber.IA5String, id.ToString(), UriTag);
            foreach (var name in dnsNames)
                writer.WriteCharacterString(UniversalTagNumber.IA5String, name, DnsTag);
            foreach (var address in addresses)
                writer.WriteOctetString(address.GetAddressBytes(), AddressTag);
        }
        return new X509Extension(ExtensionOid, writer.Encode(), critical: false);
    }

    public static SubjectNames Of(X509Certificate2 certificate) => Read(certificate.Extensions);

    /// <summary>Reads the names; none when there is no such extension.</summary>
    /// <exception cref="CertificateRejectedException">The extension stands twice, is not DER, or holds too many names.</exception>
    public static SubjectNames Read(IEnumerable<X509Extension> extensions)
    {
        var found = extensions.Where(extension => extension.Oid?.Value == ExtensionOid).ToList();
        return found.Count switch
        {
            0 => new SubjectNames([], 0),
            1 => Read(found[0].RawData),
            var count => throw new CertificateRejectedException(
                $"subjectAltName: stands {count} times; a certificate has it once (RFC 5280, section 4.2)"),
        };
    }

    private static SubjectNames Read(byte[] der)
    {
        var uris = ImmutableArray.CreateBuilder<string>();
        var others = 0;
        try
        {
            var outer = new AsnReader(der, AsnEncodingRules.DER);
            var names = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            while (names.HasData)
            {
                if (uris.Count + others == MaxNames)
                    throw new CertificateRejectedException($"subjectAltName: more than {MaxNames} names; an identity has one");
                if (names.PeekTag().HasSameClassAndValue(UriTag))
                    uris.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, UriTag));
                else
                {
                    names.ReadEncodedValue();
                    others++;
                }
            }
        }
        catch (AsnContentException e)
        {
            throw new CertificateRejectedException("subjectAltName: is not DER; ask the authority for a new certificate", e);
        }
        return new SubjectNames(uris.ToImmutable(), others);
    }
}
