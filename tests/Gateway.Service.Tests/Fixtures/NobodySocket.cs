using System.Net.Sockets;
using System.Runtime.InteropServices;
using Gateway.Service.Hosting;

namespace Gateway.Service.Tests.Fixtures;

/// <summary>Connects to the API as a user who is not root, whoever runs the tests: the kernel notes who connects (SO_PEERCRED), so the one
/// thread that connects takes off its rights for that moment.</summary>
internal static partial class NobodySocket
{
    private const long SetResUid = 117;
    private const uint Unchanged = uint.MaxValue;
    private const uint Nobody = 65534;

    public static async Task<ApiCaller> CallerAsync(TestBox box)
    {
        if (Environment.UserName != "root")
            return new ApiCaller(box.Socket, null);
        // As the web process would be let in by its group.
        var mode = File.GetUnixFileMode(box.Socket);
        File.SetUnixFileMode(box.Socket, (UnixFileMode)0b110_110_110);
        File.SetUnixFileMode(Path.GetDirectoryName(box.Socket)!, (UnixFileMode)0b111_101_101);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        Exception? failure = null;
        var thread = new Thread(() => failure = Connect(socket, box.Socket));
        thread.Start();
        await Task.Run(thread.Join);
        File.SetUnixFileMode(box.Socket, mode);
        Assert.Null(failure);
        var used = 0;
        var handler = new SocketsHttpHandler
        {
            MaxConnectionsPerServer = 1,
            ConnectCallback = (_, _) => Interlocked.Exchange(ref used, 1) == 0
                ? ValueTask.FromResult<Stream>(new NetworkStream(socket, ownsSocket: true))
                : throw new IOException("the one connection of this caller has ended"),
        };
        return new ApiCaller(new HttpClient(handler) { BaseAddress = new Uri("http://gateway") }, null);
    }

    private static Exception? Connect(Socket socket, string path)
    {
        // The system call itself: the C library's function would change every thread of the process.
        Assert.Equal(0, Call(SetResUid, Unchanged, Nobody, Unchanged));
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return null;
        }
        catch (SocketException e)
        {
            return e;
        }
        finally
        {
            Assert.Equal(0, Call(SetResUid, Unchanged, 0, Unchanged));
        }
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long Call(long number, uint real, uint effective, uint saved);
}
