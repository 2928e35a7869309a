using Gateway.Core.Net;
using Gateway.Dataplane.Control;

namespace Gateway.Fuzz.Targets;

/// <summary>Messages of the kernel about links. The kernel is no attacker, but the names in them are chosen by others.</summary>
internal static class LinkMonitorTarget
{
    public static void Fuzz(ReadOnlySpan<byte> data) => LinkMonitor.Read(data, state =>
    {
        Promise.Keep(state.Name.Length > 0, "a link has a name");
        Promise.Keep(state.Index != 0 || !state.Up, "a link that is gone is not up");
        Promise.Keep(state.Mac.Value >> (MacAddress.LengthBytes * 8) == 0, "a hardware address has six bytes");
    });
}
