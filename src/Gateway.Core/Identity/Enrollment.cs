namespace Gateway.Core.Identity;

/// <summary>A request to certify a device's key: leaves the gateway. The key does not.</summary>
/// <param name="DeviceId">Device it is for.</param>
/// <param name="Subject">SPIFFE id asked for, <c>spiffe://SITE/ot/SEGMENT/DEVICE</c>.</param>
/// <param name="Request">PKCS #10 request (RFC 2986), DER.</param>
public sealed record EnrollmentRequest(string DeviceId, string Subject, ReadOnlyMemory<byte> Request);

/// <param name="Certificate">End-entity certificate, DER.</param>
/// <param name="Authorities">Certificates of the authority that issued it, DER, issuer first.</param>
public sealed record EnrollmentResult(ReadOnlyMemory<byte> Certificate, IReadOnlyList<ReadOnlyMemory<byte>> Authorities);

/// <summary>A certificate was refused; the message names the field, what it holds and what would be right.</summary>
public sealed class CertificateRejectedException(string message, Exception? inner = null) : Exception(message, inner);
