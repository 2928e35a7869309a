namespace Gateway.Core.Control;

/// <summary>What the self-test of a device's segment has found. Ages in seconds since it last happened; <see cref="Never"/> for never since
/// the binding was last confirmed.</summary>
/// <param name="TestedAgo">When it was last tested.</param>
/// <param name="OthersAgo">Another hardware address spoke on its link.</param>
/// <param name="BesideAgo">It was heard on the link of another device while it answered on its own.</param>
/// <param name="ForOthersAgo">It answered ARP for an address that is nobody's.</param>
public readonly record struct IsolationFacts(uint TestedAgo, uint OthersAgo, uint BesideAgo, uint ForOthersAgo)
{
    public const uint Never = uint.MaxValue;

    public static IsolationFacts None { get; } = new(Never, Never, Never, Never);
}
