using System.Buffers.Binary;

namespace Gateway.Dataplane.Tests.Evasion;

/// <summary>What the servers of inspected flows are told: only whole reads, only those that their client meant, each once, in order.
/// Numbers of transactions from <see cref="FirstEvil"/> on are the attacker's.</summary>
internal sealed class InspectedStreams
{
    public const ushort FirstEvil = 0xF000;

    private readonly Dictionary<(int Link, uint From, ushort FromPort), Stream> _streams = [];

    /// <summary>Requests that reached a server.</summary>
    public int Delivered { get; private set; }

    /// <summary>Highest transaction that a server has been told, by the client's port as the server sees it.</summary>
    public int LastTransaction(int link, ushort portAtServer) =>
        _streams.FirstOrDefault(s => s.Key.Link == link && s.Key.FromPort == portAtServer).Value?.Last ?? -1;

    public string? Judge(int link, Seen seen)
    {
        if (seen.FromPort == EvasionSite.Inspected)
            return AnswerFault(seen);
        var key = (link, seen.From, seen.FromPort);
        if (seen.Has(Crafted.Syn))
        {
            if (!_streams.TryGetValue(key, out var old) || old.Next != seen.Sequence + 1)
                _streams[key] = new Stream { Next = seen.Sequence + 1 };
            return seen.Payload.Length == 0 ? null : "LEAK: data in a SYN";
        }
        if (!_streams.TryGetValue(key, out var stream))
            return "LEAK: an inspected flow speaks before its SYN";
        var behind = unchecked((int)(stream.Next - seen.Sequence));
        var payload = seen.Payload;
        if (behind < 0 || behind >= payload.Length)
            return null;
        stream.Next += (uint)(payload.Length - behind);
        stream.Bytes.AddRange(payload[behind..]);
        return Units(stream);
    }

    private string? Units(Stream stream)
    {
        while (stream.Bytes.Count >= 12)
        {
            var unit = stream.Bytes.GetRange(0, 12).ToArray();
            stream.Bytes.RemoveRange(0, 12);
            var transaction = BinaryPrimitives.ReadUInt16BigEndian(unit);
            if (unit[2] != 0 || unit[3] != 0 || unit[4] != 0 || unit[5] != 6 || unit[7] is < 1 or > 4)
                return $"LEAK: no read: {Convert.ToHexString(unit)}";
            if (transaction >= FirstEvil)
                return $"LEAK: a request that the client never meant: {Convert.ToHexString(unit)}";
            if (transaction <= stream.Last)
                return $"LEAK: request {transaction} after {stream.Last}";
            stream.Last = transaction;
            Delivered++;
        }
        return null;
    }

    /// <summary>Towards a client only exceptions name the attacker's numbers: the gateway refuses them itself.</summary>
    private static string? AnswerFault(Seen seen)
    {
        var payload = seen.Payload;
        for (var at = 0; at + 8 <= payload.Length; at += 6 + payload[at + 5])
        {
            if (BinaryPrimitives.ReadUInt16BigEndian(payload.AsSpan(at)) >= FirstEvil && (payload[at + 7] & 0x80) == 0)
                return $"LEAK: an answer that nobody asked for: {Convert.ToHexString(payload)}";
        }
        return null;
    }

    private sealed class Stream
    {
        public uint Next { get; set; }

        public int Last { get; set; } = -1;

        public List<byte> Bytes { get; } = [];
    }
}
