using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Gateway.Benchmarks;

/// <summary>A Modbus client and server of the smallest kind: one request of 12 bytes, one answer of 11, over and over; so the same
/// traffic measures a path that inspects and one that does not.</summary>
internal static class PingPong
{
    private const int RequestBytes = 12;
    private const int AnswerBytes = 11;

    /// <summary>Answers each read of one register, for one client after the other, until killed.</summary>
    public static int Serve(int port)
    {
        using var listener = new TcpListener(IPAddress.Any, port);
        listener.Start();
        while (true)
        {
            using var client = listener.AcceptSocket();
            client.NoDelay = true;
            var request = new byte[RequestBytes];
            var answer = new byte[AnswerBytes] { 0, 0, 0, 0, 0, 5, 1, 3, 2, 0x12, 0x34 };
            while (ReceiveAll(client, request))
            {
                answer[0] = request[0];
                answer[1] = request[1];
                client.Send(answer);
            }
        }
    }

    /// <summary>Asks <paramref name="rounds"/> times and prints p50, p99, p99.9 and the largest round trip, in microseconds.</summary>
    /// <param name="server">Where.</param>
    /// <param name="port">TCP port.</param>
    /// <param name="rounds">Counted rounds, after a tenth as many that are not.</param>
    public static int Ask(string server, int port, int rounds)
    {
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.Connect(server, port);
        var times = new long[rounds];
        var request = new byte[RequestBytes] { 0, 0, 0, 0, 0, 6, 1, 3, 0, 0, 0, 1 };
        var answer = new byte[AnswerBytes];
        for (var i = -rounds / 10; i < rounds; i++)
        {
            request[0] = (byte)(i >> 8);
            request[1] = (byte)i;
            var start = Stopwatch.GetTimestamp();
            client.Send(request);
            if (!ReceiveAll(client, answer) || answer[1] != (byte)i)
                throw new IOException("the server ended the connection or answered another request");
            if (i >= 0)
                times[i] = Stopwatch.GetTimestamp() - start;
        }
        Array.Sort(times);
        var micros = 1e6 / Stopwatch.Frequency;
        double At(double part) => times[(int)Math.Min(rounds - 1, part * rounds)] * micros;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{At(0.5):F1} {At(0.99):F1} {At(0.999):F1} {times[^1] * micros:F1}"));
        return 0;
    }

    private static bool ReceiveAll(Socket socket, Span<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var count = socket.Receive(bytes);
            if (count == 0)
                return false;
            bytes = bytes[count..];
        }
        return true;
    }
}
