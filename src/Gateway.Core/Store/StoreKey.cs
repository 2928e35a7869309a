using System.Security.Cryptography;

namespace Gateway.Core.Store;

/// <summary>The key that signs heads and snapshots: ECDSA on P-256 with SHA-256 (FIPS 186-5), signature as r and s, 64 bytes. With only
/// the public half it verifies. Does not own the key.</summary>
public sealed class StoreKey
{
    public const int SignatureBytes = 64;

    private const string Curve = "1.2.840.10045.3.1.7";

    // One instance of ECDsa must not be used by two threads at once; journals and snapshots share it.
    private readonly Lock _gate = new();
    private readonly ECDsa _key;

    /// <exception cref="ArgumentException">The key is on another curve.</exception>
    public StoreKey(ECDsa key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var curve = key.ExportParameters(includePrivateParameters: false).Curve;
        if (curve.Oid.Value != Curve)
            throw new ArgumentException($"the store's key must be ECDSA on P-256, not on {curve.Oid.FriendlyName ?? curve.Oid.Value}", nameof(key));
        _key = key;
    }

    internal byte[] Sign(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
            return _key.SignData(bytes, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    internal bool Verify(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> signature)
    {
        lock (_gate)
            return _key.VerifyData(bytes, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }
}
