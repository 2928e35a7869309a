using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Gateway.Plant;

/// <summary>Runs code on a thread that stands inside a network namespace: sockets it opens belong there (setns(2)).</summary>
public static partial class NamespaceThread
{
    private const int CloneNewNet = 0x4000_0000;

    /// <summary>Runs <paramref name="body"/> to its end.</summary>
    /// <exception cref="IOException">The namespace cannot be entered.</exception>
    public static void Run(NetworkNamespace inside, Action body)
    {
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                using SafeFileHandle handle = File.OpenHandle($"/run/netns/{inside.Name}");
                if (SetNamespace(handle, CloneNewNet) != 0)
                    throw new IOException($"cannot enter the namespace {inside.Name}: errno {Marshal.GetLastPInvokeError()}");
                body();
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        if (failure is not null)
            ExceptionDispatchInfo.Throw(failure);
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(SafeFileHandle handle, int type);
}
