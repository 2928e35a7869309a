using System.Security.Cryptography;
using Gateway.Core.Policy;
using Gateway.Dataplane.Filter;

namespace Gateway.Fuzz.Targets;

/// <summary>The bytes as a policy, as they are and with their hash made right: what passes is what the packet path indexes with.</summary>
internal static class PolicyBlobTarget
{
    private const int VersionOffset = 4;
    private const int HashOffset = 6;
    private const int HeaderBytes = 38;

    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        Read(data);
        if (data.Length < HeaderBytes)
            return;
        var blob = data.ToArray();
        "GWPB"u8.CopyTo(blob);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(blob, VersionOffset, HashOffset - VersionOffset);
        hash.AppendData(blob, HeaderBytes, blob.Length - HeaderBytes);
        hash.GetHashAndReset(blob.AsSpan(HashOffset));
        Read(blob);
    }

    private static void Read(ReadOnlySpan<byte> blob)
    {
        if (!Refusal.TryRead<CompiledPolicy, InvalidDataException>(PolicyBlob.Read, blob, out var policy))
            return;
        Promise.Keep(blob.SequenceEqual(PolicyBlob.Write(policy!)), "what was read writes back equal");
        var image = new PolicyImage(policy!, 1, PolicyBlob.Hash(blob), new EntitySlots());
        for (var i = 0; i < policy!.Conduits.Length; i++)
        {
            var conduit = policy.Conduits[i];
            var (start, count) = image.Bucket(conduit.From.Kind, conduit.From.Index, conduit.SeenAt.Value);
            Promise.Keep(i >= start && i < start + count && start + count <= image.Conduits.Length, "every conduit stands in the bucket of its source");
        }
    }
}
