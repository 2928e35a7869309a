using Gateway.Core.Policy;
using Gateway.Dataplane.Filter;
using Gateway.Dataplane.Links;
using Gateway.Dataplane.Pipeline;
using Gateway.Dataplane.Segments;

namespace Gateway.Dataplane.Tests.Evasion;

/// <summary>The real pipeline with wires of memory. This file is also compiled into every mutant, so it names no other test code than
/// <see cref="Gate"/>.</summary>
public sealed class PipelineGate : Gate
{
    /// <summary>What fits into a frame of the receive ring behind the kernel's header; longer frames arrive cut.</summary>
    private const int RingBytes = 1_966;

    private readonly BoxState _box;
    private readonly PacketPipeline _pipeline;
    private readonly Wires _wires = new();
    private readonly EntitySlots _slots = new();
    private readonly CompiledPolicy _policy;

    public PipelineGate(CompiledPolicy policy, ulong mac)
    {
        _box = new BoxState([.. policy.Links.Select((l, i) => new LinkState(i, l.Name, l.Role, mac) { Up = true })]) { NowMs = 1_000_000 };
        _pipeline = new PacketPipeline(_box, _wires, new Silence());
        _policy = policy;
        Install(policy, 1);
        _pipeline.Advance();
    }

    public override void Receive(int link, byte[] frame)
    {
        // As the kernel: the outermost tag of 802.1Q or 802.1ad is taken out of the bytes and told beside them.
        var tagged = frame.Length >= 18 && ((frame[12] << 8) | frame[13]) is 0x8100 or 0x88A8;
        byte[] bytes = tagged ? [.. frame[..12], .. frame[16..]] : frame;
        var cut = bytes.Length > RingBytes;
        Receive(link, cut ? bytes[..RingBytes] : bytes, cut, tagged);
    }

    public void Receive(int link, ReadOnlySpan<byte> bytes, bool cut, bool tagged) =>
        _pipeline.Process(link, new InputFrame(bytes, cut, tagged));

    public override IReadOnlyList<byte[]> Take(int link)
    {
        var taken = _wires.Sent.Where(s => s.Link == link).Select(s => s.Frame).ToList();
        _wires.Sent.RemoveAll(s => s.Link == link);
        return taken;
    }

    /// <summary>All frames that left since it was asked last, oldest first.</summary>
    public List<(int Link, byte[] Frame)> TakeAll()
    {
        List<(int, byte[])> taken = [.. _wires.Sent];
        _wires.Sent.Clear();
        return taken;
    }

    public override bool Withdraw()
    {
        Install(_policy with { Conduits = [] }, 2);
        return true;
    }

    public override ulong? Drops(int link, DropReason reason) => _box.Links[link].Drops(reason);

    public override void Pass(int ms)
    {
        for (var end = _box.NowMs + ms; _box.NowMs < end;)
        {
            _box.NowMs = Math.Min(end, _box.NowMs + 10);
            _pipeline.Advance();
        }
    }

    public override void Dispose()
    {
        _pipeline.Flows.Dispose();
        base.Dispose();
    }

    private void Install(CompiledPolicy policy, ulong version)
    {
        var image = new PolicyImage(policy, version, "", _slots);
        _box.Prepare(image);
        _pipeline.Enter(image, _box.NeighborsFor(policy));
    }

    private sealed class Wires : FrameSink
    {
        private readonly byte[] _buffer = new byte[LinkLimits.RingFrameBytes];

        public List<(int Link, byte[] Frame)> Sent { get; } = [];

        public override Span<byte> Reserve(int link)
        {
            // What lay in a buffer before must never leave.
            Array.Fill(_buffer, (byte)0xEE);
            return _buffer;
        }

        public override void Commit(int link, int lengthBytes) => Sent.Add((link, _buffer[..lengthBytes]));
    }

    private sealed class Silence : LoopOutput
    {
        public override void Record(in LoopRecord record)
        {
        }

        public override void Observe(int link, ushort vlan, ReadOnlySpan<byte> frame)
        {
        }
    }
}
