using System.Buffers.Binary;
using System.Security.Cryptography;
using Gateway.Core.Policy;

namespace Gateway.Core.Tests.Policy;

public sealed class PolicyBlobTests
{
    private static readonly byte[] Blob = PolicyBlob.Write(Sites.Policy());

    [Fact]
    public void A_policy_comes_back_as_it_was()
    {
        var policy = Sites.Policy();
        Assert.Equal(policy, PolicyBlob.Read(Blob));
        Assert.Equal(Blob, PolicyBlob.Write(PolicyBlob.Read(Blob)));
    }

    [Fact]
    public void An_empty_site_is_a_policy_too() =>
        Assert.Equal("hall-3", PolicyBlob.Read(PolicyBlob.Write(Sites.Policy("version: 1\nsite: hall-3"))).Site);

    [Fact]
    public void Its_hash_names_it()
    {
        Assert.Matches("^[0-9a-f]{64}$", PolicyBlob.Hash(Blob));
        Assert.Equal(PolicyBlob.Hash(Blob), PolicyBlob.Hash(PolicyBlob.Write(Sites.Policy())));
        Assert.NotEqual(PolicyBlob.Hash(Blob), PolicyBlob.Hash(PolicyBlob.Write(Sites.Policy(Sites.With("udp/123", "udp/124")))));
        Assert.Throws<InvalidDataException>(() => PolicyBlob.Hash(Blob.AsSpan(0, 37)));
    }

    [Fact]
    public void Cut_off_anywhere_it_is_refused()
    {
        for (var length = 0; length < Blob.Length; length++)
            Assert.Throws<InvalidDataException>(() => PolicyBlob.Read(Blob.AsSpan(0, length)));
    }

    [Fact]
    public void With_any_bit_flipped_it_is_refused()
    {
        for (var bit = 0; bit < Blob.Length * 8; bit++)
        {
            var damaged = (byte[])Blob.Clone();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<InvalidDataException>(() => PolicyBlob.Read(damaged));
        }
    }

    [Fact]
    public void With_a_byte_too_many_it_is_refused() => Assert.Throws<InvalidDataException>(() => PolicyBlob.Read([.. Blob, 0]));

    [Fact]
    public void Another_version_is_refused_by_its_number()
    {
        var other = (byte[])Blob.Clone();
        other[4] = 9;
        Assert.Contains("format 9, this program reads 2", Assert.Throws<InvalidDataException>(() => PolicyBlob.Read(other)).Message, StringComparison.Ordinal);
    }

    /// <summary>With the hash made right again only the checks of the fields stand between damage and the packet path.</summary>
    [Fact]
    public void Damage_under_a_right_hash_is_refused_or_gives_a_policy_without_a_false_index()
    {
        var refused = 0;
        for (var bit = 38 * 8; bit < Blob.Length * 8; bit++)
        {
            var damaged = (byte[])Blob.Clone();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            refused += RefusedOrSound(Sealed(damaged)) ? 1 : 0;
        }
        Assert.True(refused > 500, $"{refused} refused");
    }

    [Fact]
    public void Cut_off_under_a_right_hash_it_is_refused()
    {
        for (var length = 38; length < Blob.Length; length++)
        {
            var cut = Sealed(Blob[..length]);
            Assert.Throws<InvalidDataException>(() => PolicyBlob.Read(cut));
        }
    }

    [Theory]
    [InlineData("device link", "stands on link 99, which is no downlink")]
    [InlineData("device on uplink", "which is no downlink")]
    [InlineData("peer link", "stands on link -1, which is no uplink")]
    [InlineData("grant", "names grant 6 of 6")]
    [InlineData("source", "comes from Device 3, which is no source")]
    [InlineData("service as source", "comes from Service 0, which is no source")]
    [InlineData("target", "leads to Peer 2, which is no target")]
    [InlineData("caller as target", "leads to Caller 0, which is no target")]
    [InlineData("rule without inspector", "an inspector without its operations, or the reverse")]
    [InlineData("inspector without rule", "an inspector without its operations, or the reverse")]
    [InlineData("order", "stands out of order")]
    [InlineData("port", "cannot be")]
    [InlineData("flows", "may have 0 flows")]
    public void A_policy_that_contradicts_itself_is_refused_in_words(string fault, string message)
    {
        var wrong = Break(Sites.Policy(), fault);
        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => PolicyBlob.Read(PolicyBlob.Write(wrong))).Message, StringComparison.Ordinal);
    }

    private static CompiledPolicy Break(CompiledPolicy policy, string fault)
    {
        var conduits = policy.Conduits;
        var (device, first, inspected) = (policy.Devices[0], conduits[0], conduits.First(c => c.Operations is not null));
        return fault switch
        {
            "device link" => policy with { Devices = policy.Devices.SetItem(0, device with { Link = 99 }) },
            "device on uplink" => policy with { Devices = policy.Devices.SetItem(0, device with { Link = policy.Peers[0].Link }) },
            "peer link" => policy with { Peers = policy.Peers.SetItem(0, policy.Peers[0] with { Link = -1 }) },
            "flows" => policy with { Devices = policy.Devices.SetItem(0, device with { MaxFlows = 0 }) },
            "order" => policy with { Conduits = [.. conduits.Reverse()] },
            _ => policy with
            {
                Conduits = [fault switch
                {
                    "grant" => first with { Grant = 6 },
                    "source" => first with { From = new(EntityKind.Device, 3) },
                    "service as source" => first with { From = new(EntityKind.Service, 0) },
                    "target" => first with { To = new(EntityKind.Peer, 2) },
                    "caller as target" => first with { To = new(EntityKind.Caller, 0) },
                    "rule without inspector" => inspected with { Inspector = InspectorKind.None },
                    "inspector without rule" => inspected with { Operations = null },
                    _ => first with { Port = first.Port with { Ports = new(5, 4) } },
                }],
            },
        };
    }

    private static bool RefusedOrSound(byte[] blob)
    {
        try
        {
            var policy = PolicyBlob.Read(blob);
            Assert.All(policy.Conduits, c => Assert.InRange(c.Grant, 0, policy.Grants.Length - 1));
            Assert.All(policy.Devices, d => Assert.Equal(LinkRole.Downlink, policy.Links[d.Link].Role));
            return false;
        }
        catch (InvalidDataException)
        {
            return true;
        }
    }

    private static byte[] Sealed(byte[] blob)
    {
        Assert.Equal(PolicyBlob.FormatVersion, BinaryPrimitives.ReadUInt16LittleEndian(blob.AsSpan(4)));
        SHA256.HashData([.. blob[4..6], .. blob[38..]]).CopyTo(blob, 6);
        return blob;
    }
}
