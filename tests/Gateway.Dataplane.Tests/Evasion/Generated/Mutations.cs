namespace Gateway.Dataplane.Tests.Evasion;

/// <summary>Ways to make something else of a legal frame. Some results are legal too; the oracle says which.</summary>
internal static class Mutations
{
    private static readonly ushort[] Types = [0x0800, 0x0806, 0x86DD, 0x8100, 0x88A8, 0x9100, 0x8892, 0x88CC, 0x8847, 0x8864, 0x88E5, 0x892F, 0x88B8, 0x0026, 0x05DC, 0x05FF, 0x0600];
    private static readonly uint[] Addresses =
    [
        0, 0x7F00_0001, 0xFFFF_FFFF, 0xE000_0001, 0x0A4D_FFFF, EvasionSite.A.Address, EvasionSite.B.Address, EvasionSite.C.Address, EvasionSite.SeenA,
        EvasionSite.GatewayAddress, EvasionSite.UplinkAddress, 0x6440_0007, 0x0A4D_0031,
    ];
    private static readonly ulong[] Macs =
        [0, 0xFFFF_FFFF_FFFF, 0x0100_5E00_00FB, 0x0180_C200_000E, EvasionSite.BoxMac, EvasionSite.A.Mac, EvasionSite.B.Mac, EvasionSite.C.Mac, 0x0200_0000_0077];
    private static readonly int[] Steps = [-100_000, -9_000, -1_000, -13, -1, 1, 7, 500, 3_000, 70_000, int.MaxValue];
    private static readonly byte[][] TcpOptions =
    [
        [2, 4, 5, 0xB4], [2, 0, 5, 0xB4], [2, 4, 5, 0xB4, 2, 4, 5, 0xB4], [34, 4, 1, 1], [19, 18, .. new byte[16], 1, 1], [1, 1, 1, 1], [0, 0, 0, 0], [0, 0, 0, 1],
        [8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 1, 1], [5, 10, 0, 0, 0, 1, 0, 0, 0, 9, 0, 0], [5, 9, 0, 0, 0, 1, 0, 0, 0, 9, 1, 1], [3, 3, 15, 0], [4, 2, 1, 1], [4, 3, 0, 1], [1, 1, 1, 2],
    ];

    private static readonly Func<Crafted, Random, Crafted>[] OfFields =
    [
        (f, r) => f with { Ttl = (byte)r.Next(6) },
        (f, r) => f with { FragmentField = (ushort)r.Next(65_536) },
        (f, r) => f with { FragmentField = (ushort)(0x2000 | r.Next(2)) },
        (f, r) => f with { Version = (byte)r.Next(16) },
        (f, r) => f with { HeaderWords = (byte)r.Next(16) },
        (f, r) => f with { TotalLength = (ushort)Math.Max(0, f.Packet().Length + r.Next(-30, 30)) },
        (f, r) => f with { Protocol = (byte)r.Next(256) },
        (f, r) => f with { IpChecksumError = (ushort)r.Next(65_536) },
        (f, r) => f with { IpOptions = [(byte)r.Next(256), 4, 0, 0] },
        (f, r) => f with { From = Pick(Addresses, r) },
        (f, r) => f with { To = Pick(Addresses, r) },
        (f, r) => f with { From = f.To },
        (f, r) => f with { MacFrom = Pick(Macs, r) },
        (f, r) => f with { MacTo = Pick(Macs, r) },
        (f, r) => f with { Ethertype = Pick(Types, r) },
        (f, r) => f with { Ethertype = (ushort)r.Next(65_536) },
        (f, r) => f with { Tags = [0x81, 0, (byte)r.Next(256), (byte)r.Next(256)] },
        (f, r) => f with { Tags = [0x88, 0xA8, 0, 1, 0x81, 0, 0, (byte)r.Next(256)] },
        (f, r) => f with { Trailer = Bytes(r, r.Next(1, 300)) },
        (f, r) => f with { Cut = r.Next(0, f.Bytes().Length) },
        (f, r) => f with { ToPort = (ushort)(f.ToPort + r.Next(-3, 4)) },
        (f, r) => f with { ToPort = (ushort)r.Next(65_536) },
        (f, r) => f with { FromPort = (ushort)(f.FromPort + r.Next(-2, 3)) },
        (f, r) => f with { Sequence = f.Sequence + (uint)Pick(Steps, r) },
        (f, r) => f with { Acknowledged = f.Acknowledged + (uint)Pick(Steps, r) },
        (f, r) => f with { Flags = (byte)r.Next(256) },
        (f, r) => f with { Flags = (byte)(f.Flags ^ (1 << r.Next(8))) },
        (f, r) => f with { Flags = Crafted.Rst, Sequence = f.Sequence + (uint)Pick(Steps, r), Payload = [] },
        (f, r) => f with { Flags = Crafted.Syn, Sequence = (uint)r.Next(), Payload = [] },
        (f, r) => f with { Window = (ushort)r.Next(65_536) },
        (f, r) => f with { Options = Pick(TcpOptions, r) },
        (f, r) => f with { Options = Bytes(r, 4 * r.Next(1, 11)) },
        (f, r) => f with { OffsetWords = (byte)r.Next(16) },
        (f, r) => f with { Reserved = (byte)r.Next(16) },
        (f, r) => f with { Urgent = (ushort)r.Next(65_536), Flags = (byte)(f.Flags | (r.Next(2) * Crafted.Urg)) },
        (f, r) => f with { TcpChecksumError = (ushort)r.Next(65_536) },
        (f, r) => f with { Payload = Bytes(r, r.Next(1, 40)), Sequence = f.Sequence - (uint)r.Next(40) },
    ];

    /// <summary>One change, sometimes two: to fields, or to bytes wherever they fall.</summary>
    public static byte[] Apply(Crafted frame, Random random)
    {
        for (var more = 1 + (random.Next(8) == 0 ? 1 : 0); more > 0; more--)
            frame = OfFields[random.Next(OfFields.Length)](frame, random);
        var bytes = frame.Bytes();
        if (random.Next(12) == 0)
        {
            for (var flips = random.Next(1, 4); flips > 0 && bytes.Length > 0; flips--)
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        }
        return bytes;
    }

    public static byte[] Bytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private static T Pick<T>(T[] list, Random random) => list[random.Next(list.Length)];
}
