using System.Collections.Immutable;
using System.Text;

namespace Gateway.Core.Policy.Compiling;

/// <summary>Gives each service its listener port on the host link. The port comes from the name, so that adding or removing another
/// service does not move it: a moved port would, for the moment between two swaps, lead a device to another service.</summary>
internal static class ListenerPlan
{
    /// <param name="names">Names in ordinal order.</param>
    public static ImmutableArray<ushort> Assign(ImmutableArray<string> names)
    {
        var taken = new HashSet<int>();
        return [.. names.Select(name => Take(Hash(name) % PolicyLimits.ListenerPorts, taken))];
    }

    private static ushort Take(uint wish, HashSet<int> taken)
    {
        var offset = (int)wish;
        while (!taken.Add(offset))
            offset = (offset + 1) % PolicyLimits.ListenerPorts;
        return (ushort)(PolicyLimits.FirstListenerPort + offset);
    }

    /// <summary>FNV-1a, 32 bits: small, spread well enough, and the same on every machine and in every version.</summary>
    private static uint Hash(string name)
    {
        var hash = 2166136261u;
        foreach (var part in Encoding.UTF8.GetBytes(name))
            hash = (hash ^ part) * 16777619u;
        return hash;
    }
}
