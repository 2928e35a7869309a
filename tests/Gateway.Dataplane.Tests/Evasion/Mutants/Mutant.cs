namespace Gateway.Dataplane.Tests.Evasion;

/// <summary>One rule of the packet path, switched off.</summary>
/// <param name="Number">Place in the build; 0 is none.</param>
/// <param name="Where">Type and method.</param>
/// <param name="Reason">What the rule answers: the drop reason or the parser's error, or what a rule of rebuilding does.</param>
/// <param name="Condition">The condition that is taken as false, as it stands in the source.</param>
internal sealed record Mutant(int Number, string Where, string Reason, string Condition)
{
    /// <summary>Says which rule it is, in words that survive a change of lines.</summary>
    public string Id => $"{Where} {Reason}: {Condition}";
}
