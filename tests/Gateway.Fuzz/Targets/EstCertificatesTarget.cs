using System.Security.Cryptography.X509Certificates;
using Gateway.Core.Identity;

namespace Gateway.Fuzz.Targets;

/// <summary>The body of an answer of the authority.</summary>
internal static class EstCertificatesTarget
{
    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        if (!Refusal.TryRead<X509Certificate2Collection, InvalidDataException>(EstMessages.DecodeCertificates, data, out var certificates))
            return;
        Promise.Keep(certificates!.Count is > 0 and <= EstMessages.MaxCertificates, "the number of certificates is bounded");
        foreach (var certificate in certificates)
        {
            ReadNames(certificate);
            certificate.Dispose();
        }
    }

    private static void ReadNames(X509Certificate2 certificate)
    {
        try
        {
            Promise.Keep(SubjectNames.Of(certificate) is { } names && names.Uris.Length + names.Others <= SubjectNames.MaxNames, "the number of names is bounded");
        }
        catch (CertificateRejectedException e)
        {
            Promise.Keep(e.Message.Length > 0, "a refusal says why");
        }
    }
}
