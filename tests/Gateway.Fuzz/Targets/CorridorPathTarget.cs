using System.Text;
using Gateway.Core.Fabric;

namespace Gateway.Fuzz.Targets;

/// <summary>Paths of requests at the hub: those of a dial and of a door.</summary>
internal static class CorridorPathTarget
{
    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        var path = Encoding.Latin1.GetString(data);
        if (CorridorWire.TryParseDial(path, out var target, out var port))
            Promise.Keep(CorridorWire.DialPath(target, port) == path, "a dial has one spelling");
        if (CorridorWire.TryParseDoor(path, out var device))
            Promise.Keep(CorridorWire.DoorPath(device) == path, "a door has one spelling");
    }
}
