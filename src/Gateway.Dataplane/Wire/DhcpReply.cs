using System.Buffers.Binary;
using Gateway.Core.Net;

namespace Gateway.Dataplane.Wire;

/// <summary>What a server answers (RFC 2131, table 3).</summary>
/// <param name="Type">Offer, acknowledgement or refusal.</param>
/// <param name="Your">Address given; zero in a refusal, and for a client that only asks for settings.</param>
/// <param name="Client">The client's own address as it said; zero where it has none.</param>
/// <param name="Server">Server's address, which is also the router.</param>
/// <param name="NetmaskBits">Length of the network.</param>
/// <param name="LeaseSeconds">How long the address is given; 0 to give none.</param>
internal readonly record struct DhcpAnswer(
    DhcpMessageType Type, Ipv4Address Your, Ipv4Address Client, Ipv4Address Server, int NetmaskBits, uint LeaseSeconds);

/// <summary>Writes a server's answer to a client's message.</summary>
internal static class DhcpReply
{
    /// <summary>Least length of a message: what every client must take, and some old ones want (RFC 1542, section 2.1).</summary>
    public const int LeastBytes = 300;

    /// <summary>Longest message written here: the fixed part, our options and a client's longest identifier.</summary>
    public const int MostBytes = DhcpView.FixedBytes + 40 + byte.MaxValue;

    private const byte Reply = 2;
    private const byte NetmaskOption = 1;
    private const byte RouterOption = 3;
    private const byte LeaseOption = 51;
    private const byte TypeOption = 53;
    private const byte ServerOption = 54;
    private const byte ClientIdOption = 61;
    private const byte End = 255;

    /// <param name="message">At least <see cref="MostBytes"/> bytes; written from the start, with nothing of what was there.</param>
    /// <param name="request">What is answered.</param>
    /// <param name="answer">The answer.</param>
    /// <returns>Bytes written.</returns>
    public static int Emit(Span<byte> message, in DhcpView request, in DhcpAnswer answer)
    {
        message[..MostBytes].Clear();
        (message[0], message[1], message[2]) = (Reply, 1, MacAddress.LengthBytes);
        BinaryPrimitives.WriteUInt32BigEndian(message[4..], request.Transaction);
        BinaryPrimitives.WriteUInt16BigEndian(message[10..], request.WantsBroadcast ? (ushort)0x8000 : (ushort)0);
        answer.Client.Write(message[12..]);
        answer.Your.Write(message[16..]);
        request.ClientMac.Write(message[28..]);
        BinaryPrimitives.WriteUInt32BigEndian(message[236..], 0x63825363);
        var at = DhcpView.FixedBytes;
        message[at++] = TypeOption;
        message[at++] = 1;
        message[at++] = (byte)answer.Type;
        at = Put(message, at, ServerOption, answer.Server.Value);
        if (answer.Type != DhcpMessageType.Nak)
        {
            if (answer.LeaseSeconds != 0)
                at = Put(message, at, LeaseOption, answer.LeaseSeconds);
            at = Put(message, at, NetmaskOption, uint.MaxValue << (32 - answer.NetmaskBits));
            at = Put(message, at, RouterOption, answer.Server.Value);
        }
        // The identifier comes back as it was sent (RFC 6842, section 3).
        if (!request.ClientId.IsEmpty)
        {
            message[at++] = ClientIdOption;
            message[at++] = (byte)request.ClientId.Length;
            request.ClientId.CopyTo(message[at..]);
            at += request.ClientId.Length;
        }
        message[at++] = End;
        return Math.Max(at, LeastBytes);
    }

    private static int Put(Span<byte> message, int at, byte option, uint value)
    {
        message[at] = option;
        message[at + 1] = sizeof(uint);
        BinaryPrimitives.WriteUInt32BigEndian(message[(at + 2)..], value);
        return at + 2 + sizeof(uint);
    }
}
