using System.ComponentModel;
using Tmds.Linux;

namespace Gateway.Dataplane.Interop;

/// <summary>Turns a failed system call into words.</summary>
internal static class NativeError
{
    /// <summary>Throws when <paramref name="result"/> says that the call failed.</summary>
    /// <param name="result">Return value of the call; negative means failed.</param>
    /// <param name="what">What was tried, with the object's name: <c>opening a packet socket on s1</c>.</param>
    /// <exception cref="IOException">The call failed; the message holds what was tried and why it failed.</exception>
    public static int Check(int result, string what) => result >= 0 ? result : throw Create(what, LibC.errno);

    public static IOException Create(string what, int errno) =>
        new($"{what} failed: {new Win32Exception(errno).Message} (errno {errno}){Advice(errno)}");

    private static string Advice(int errno) => errno == LibC.EPERM
        ? "; the process needs CAP_NET_RAW and CAP_NET_ADMIN"
        : "";
}
