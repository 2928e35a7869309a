using Gateway.Core.Policy;

namespace Gateway.Dataplane.Tests.Evasion;

/// <summary>Something that stands between the links of the attack list: the real pipeline, a mutant of it, the real process on real
/// links, or one that passes or refuses everything. Public, because mutants are compiled apart from this assembly.</summary>
public abstract class Gate : IDisposable
{
    /// <summary>A frame arrives on a link, tags included, as on the wire.</summary>
    public abstract void Receive(int link, byte[] frame);

    /// <summary>Frames that left on a link since it was asked last, and everything received before was judged.</summary>
    public abstract IReadOnlyList<byte[]> Take(int link);

    /// <summary>How often frames of a link were refused for a reason; null where nobody counts.</summary>
    public virtual ulong? Drops(int link, DropReason reason) => null;

    /// <summary>Lets time pass, where time is not the machine's.</summary>
    public virtual void Pass(int ms)
    {
    }

    /// <summary>Takes every grant away; false where the policy cannot be changed.</summary>
    public virtual bool Withdraw() => false;

    public virtual void Dispose() => GC.SuppressFinalize(this);
}

/// <summary>Forwards every frame from a device to B, and every frame from B to A: what leaks here would leak without a gateway.</summary>
internal sealed class OpenGate : Gate
{
    private readonly Dictionary<int, List<byte[]>> _out = [];

    public override void Receive(int link, byte[] frame) => Out(link == EvasionSite.Uplink ? EvasionSite.SocketA : EvasionSite.Uplink).Add(frame);

    public override IReadOnlyList<byte[]> Take(int link)
    {
        byte[][] taken = [.. Out(link)];
        Out(link).Clear();
        return taken;
    }

    private List<byte[]> Out(int link) => _out.TryGetValue(link, out var list) ? list : _out[link] = [];
}

/// <summary>Refuses everything: passes any list of attacks, and must fail the controls.</summary>
internal sealed class ClosedGate : Gate
{
    public override void Receive(int link, byte[] frame)
    {
    }

    public override IReadOnlyList<byte[]> Take(int link) => [];
}
