namespace Gateway.Core.Operations;

/// <summary>Protocol that an operation was read from.</summary>
public enum OperationProtocol : byte
{
    None = 0,
    Modbus = 1,
}

/// <summary>What an operation does to the plant, in the words of the presets.</summary>
public enum OperationKind : byte
{
    /// <summary>Not known to be harmless; only the preset <c>all</c> or a rule that names it lets it pass.</summary>
    Other = 0,
    Read = 1,
    Write = 2,
    ReadWrite = 3,
    Identify = 4,
    Diagnose = 5,
    Program = 6,
}

/// <summary>A run of data addresses: <paramref name="First"/> and how many; a count of 0 means none.</summary>
/// <param name="First">First address, 0 to 65535, as on the wire (not the 4xxxx notation).</param>
/// <param name="Count">How many, 0 to 65536; First + Count never exceeds 65536 once decoded.</param>
public readonly record struct AddressRun(int First, int Count)
{
    public bool IsEmpty => Count == 0;

    public int Last => First + Count - 1;
}

/// <summary>A decoded OT act, such as "read holding registers 0 to 9 of unit 1". A value: made per request on the packet path.</summary>
/// <param name="Protocol">Protocol it was decoded from.</param>
/// <param name="Kind">What it does.</param>
/// <param name="Unit">Addressed unit (Modbus unit identifier).</param>
/// <param name="Function">Function code as on the wire.</param>
/// <param name="SubFunction">Sub-function or MEI type; 0 where the function has none.</param>
/// <param name="Reads">Addresses it reads.</param>
/// <param name="Writes">Addresses it writes.</param>
/// <param name="FirstValue">First value written, for records; 0 without a write.</param>
public readonly record struct Operation(
    OperationProtocol Protocol, OperationKind Kind, byte Unit, byte Function, ushort SubFunction,
    AddressRun Reads, AddressRun Writes, ushort FirstValue);

/// <summary>Why a rule does not cover an operation; decides which negative answer the client gets.</summary>
public enum RuleMiss : byte
{
    None = 0,
    Address = 1,
    Function = 2,
    Unit = 3,

    /// <summary>As <see cref="Function"/>, and every rule asked lets pass only what reads: whoever wrote the grants meant that.</summary>
    ReadingOnly = 4,
}

/// <summary>The operations a grant allows, for one protocol. Immutable; <see cref="Check"/> runs on the packet path and allocates nothing.</summary>
public abstract class OperationRule : IEquatable<OperationRule>
{
    public abstract OperationProtocol Protocol { get; }

    /// <summary>The rule in its shortest form; parsing it gives an equal rule.</summary>
    public abstract string Canonical { get; }

    /// <summary>Whether nothing that it allows changes anything.</summary>
    public abstract bool OnlyReads { get; }

    /// <summary><see cref="RuleMiss.None"/> when the operation is allowed, else the part of it that is not; never
    /// <see cref="RuleMiss.ReadingOnly"/>, which takes all rules of a caller to say.</summary>
    public abstract RuleMiss Check(in Operation operation);

    /// <summary>Rules are equal when they are of one protocol and have one canonical form.</summary>
    public bool Equals(OperationRule? other) => other is not null && Protocol == other.Protocol && Canonical == other.Canonical;

    public sealed override bool Equals(object? obj) => Equals(obj as OperationRule);

    public sealed override int GetHashCode() => Canonical.GetHashCode(StringComparison.Ordinal);
}
