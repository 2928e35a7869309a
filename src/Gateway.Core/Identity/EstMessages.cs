using System.Buffers.Text;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Gateway.Core.Identity;

/// <summary>Bodies of Enrollment over Secure Transport (RFC 7030, sections 4.1.3, 4.2.1 and 4.2.3; RFC 8951 for the base64): requests
/// are base64 of PKCS #10, answers base64 of a PKCS #7 that holds certificates and no signature.</summary>
public static class EstMessages
{
    /// <summary>Largest request body. A P-256 request has about 500 bytes of base64; an RSA-4096 one with a long subject about 3,000.</summary>
    public const int MaxRequestBytes = 16 << 10;

    /// <summary>Largest answer body: <see cref="MaxCertificates"/> certificates of 4 KiB, in base64.</summary>
    public const int MaxAnswerBytes = 48 << 10;

    /// <summary>Most certificates in one answer: an authority, its successor during a change, and what signed both.</summary>
    public const int MaxCertificates = 8;

    public const string RequestType = "application/pkcs10";
    public const string AnswerType = "application/pkcs7-mime";
    public const string AnswerTypeWithParameter = "application/pkcs7-mime; smime-type=certs-only";

    private const int LineLength = 76;

    public static byte[] EncodeRequest(ReadOnlySpan<byte> pkcs10) => Encode(pkcs10);

    /// <returns>PKCS #10, DER; not yet read.</returns>
    /// <exception cref="InvalidDataException">Too large, or not base64.</exception>
    public static byte[] DecodeRequest(ReadOnlySpan<byte> body) => Decode(body, MaxRequestBytes);

    public static byte[] EncodeCertificates(X509Certificate2Collection certificates) =>
        Encode(certificates.Export(X509ContentType.Pkcs7) ?? throw new InvalidOperationException("a PKCS #7 without certificates"));

    /// <summary>Reads an answer. The certificates are not trusted by standing in it.</summary>
    /// <exception cref="InvalidDataException">Too large, not base64, not one certs-only PKCS #7, or none or too many certificates.</exception>
    public static X509Certificate2Collection DecodeCertificates(ReadOnlySpan<byte> body)
    {
        var der = Decode(body, MaxAnswerBytes);
        try
        {
            if (!AsnDecoder.TryReadEncodedValue(der, AsnEncodingRules.BER, out _, out _, out _, out var consumed) || consumed != der.Length)
                throw new InvalidDataException("the answer is not exactly one PKCS #7 message");
            var message = new SignedCms();
            message.Decode(der);
            if (message.SignerInfos.Count != 0)
                throw new InvalidDataException("the answer is a signed PKCS #7; certificates only are expected (RFC 7030, section 4.2.3)");
            var certificates = message.Certificates;
            return certificates.Count is > 0 and <= MaxCertificates
                ? certificates
                : throw new InvalidDataException($"the answer holds {certificates.Count} certificates; 1 to {MaxCertificates} are expected");
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException)
        {
            throw new InvalidDataException("the answer is not a PKCS #7 with certificates", e);
        }
    }

    private static byte[] Encode(ReadOnlySpan<byte> der)
    {
        var text = Convert.ToBase64String(der);
        var lines = new StringBuilder(text.Length + (text.Length / LineLength * 2) + 2);
        for (var at = 0; at < text.Length; at += LineLength)
            lines.Append(text, at, Math.Min(LineLength, text.Length - at)).Append("\r\n");
        return Encoding.ASCII.GetBytes(lines.ToString());
    }

    private static byte[] Decode(ReadOnlySpan<byte> body, int maxBytes)
    {
        if (body.Length > maxBytes)
            throw new InvalidDataException($"the body has {body.Length} bytes; at most {maxBytes} are read");
        var der = new byte[Base64.GetMaxDecodedFromUtf8Length(body.Length)];
        // White space between the letters is skipped, which RFC 7030 allows and every client sends.
        var status = Base64.DecodeFromUtf8(body, der, out var consumed, out var written);
        if (status != System.Buffers.OperationStatus.Done || consumed != body.Length || written == 0)
            throw new InvalidDataException("the body is not base64 (RFC 4648, section 4)");
        return der[..written];
    }
}
