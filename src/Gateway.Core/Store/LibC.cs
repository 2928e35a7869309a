using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;

namespace Gateway.Core.Store;

/// <summary>The calls that .NET has no name for: fsync of a folder.</summary>
internal static class LibC
{
    // fcntl.h, the same on x86-64 and arm64 except O_DIRECTORY, which is therefore left out: fsync works on any descriptor.
    private const int ReadOnly = 0;
    private const int CloseOnExec = 0x80000;

    /// <summary>fsync(2) of a folder: without it a new name may be gone after a power cut although the file itself was synced.</summary>
    /// <exception cref="IOException">The kernel refused; HResult is errno.</exception>
    public static void SyncFolder(string path)
    {
        var descriptor = Open([.. Encoding.UTF8.GetBytes(path), 0], ReadOnly | CloseOnExec);
        if (descriptor < 0)
            throw Error("open", path);
        try
        {
            if (Fsync(descriptor) != 0)
                throw Error("fsync", path);
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private static IOException Error(string call, string path)
    {
        var errno = Marshal.GetLastPInvokeError();
        return new IOException($"{call} of the folder {path}: {new Win32Exception(errno).Message}", errno);
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Fsync(int descriptor);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int descriptor);
}
