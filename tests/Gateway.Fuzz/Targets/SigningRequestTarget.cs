using Gateway.Core.Identity;

namespace Gateway.Fuzz.Targets;

internal static class SigningRequestTarget
{
    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        if (Refusal.TryRead<RequestedCertificate, CertificateRejectedException>(SigningRequest.Read, data, out var request))
            Promise.Keep(SpiffeId.TryParse(request!.Id.ToString(), out _, out _) && request.Key.GetECDsaPublicKey() is not null, "a request names an id and a key");
    }
}
