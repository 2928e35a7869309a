using Gateway.Core.Policy;

namespace Gateway.Dataplane.Tests.Evasion;

/// <summary>Short words in which the list is written.</summary>
internal static class Row
{
    public const ulong Everyone = 0xFFFF_FFFF_FFFF;
    public const ulong Stranger = 0x0200_0000_0066;

    public static Case Drop(string layer, string number, string name, DropReason? reason, Func<Scene, Crafted> frame, string note = "") =>
        Drop(layer, number, name, reason, s => [frame(s)], note);

    public static Case Drop(string layer, string number, string name, DropReason? reason, Func<Scene, IEnumerable<Crafted>> frames, string note = "") =>
        new() { Layer = layer, Number = number, Name = name, Verdict = Verdict.Drop, Reason = reason, Frames = frames, Note = note };

    public static Case Strip(string layer, string number, string name, Func<Scene, Crafted> frame, string note = "") =>
        new() { Layer = layer, Number = number, Name = name, Verdict = Verdict.Strip, Frames = s => [frame(s)], Note = note };

    public static Case Allow(string layer, string number, string name, Func<Scene, Crafted> frame, string note = "") =>
        new() { Layer = layer, Number = number, Name = name, Verdict = Verdict.Allow, Frames = s => [frame(s)], Note = note };

    /// <summary>Whether any of the bytes came through in the data of a segment.</summary>
    public static bool Carries(this Scene scene, byte[] bytes) => scene.AtVictim.Any(s => s.Payload.AsSpan().IndexOf(bytes) >= 0);

    /// <summary>Whether an ARP question was answered or passed on.</summary>
    public static bool Resolves(this Scene scene) => scene.AtVictim.Count > 0 || scene.AtAttacker.Any(s => s.IsArp && s.ArpOperation == 2);
}
