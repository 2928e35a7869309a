using Gateway.Dataplane.Control;
using Gateway.Dataplane.Filter;
using Gateway.Dataplane.Pipeline;
using Gateway.Dataplane.Segments;
using Gateway.Dataplane.Tests.Pipeline;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Dataplane.Tests.Control;

/// <summary>What feeds the watchdog: signs of life that a hung packet loop cannot give.</summary>
public sealed class LoopPulseTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    private readonly LoopRings _rings = new();
    private readonly PacketLoop _loop;
    private readonly FakeTimeProvider _time = new();
    private Thread? _thread;

    public LoopPulseTests()
    {
        var policy = TestBox.DefaultPolicy();
        var box = new BoxState([.. policy.Links.Select((link, i) => new LinkState(i, link.Name, link.Role, 0))]);
        var image = new PolicyImage(policy, 1, "", new EntitySlots());
        box.Prepare(image);
        _loop = new PacketLoop(box, _rings);
        _loop.Pipeline.Enter(image, box.NeighborsFor(policy));
    }

    public void Dispose()
    {
        _loop.Stop();
        _thread?.Join();
        _loop.Dispose();
        _rings.Dispose();
    }

    [Fact]
    public async Task A_loop_that_runs_answers_also_when_it_has_nothing_to_do()
    {
        Start();
        for (var i = 0; i < 3; i++)
            Assert.True(await Pulse().WaitAsync(Long, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_loop_that_hangs_is_silent_and_beats_again_when_it_goes_on()
    {
        Start();
        using var hang = new Hang();
        _loop.Post(hang);
        Assert.True(hang.Reached.Wait(Long, TestContext.Current.CancellationToken));
        var pulse = Pulse();
        _time.Advance(LoopPulse.Patience);
        Assert.False(await pulse.WaitAsync(Long, TestContext.Current.CancellationToken));
        hang.Over.Set();
        Assert.True(await Pulse().WaitAsync(Long, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_loop_that_never_started_is_silent()
    {
        var pulse = Pulse();
        _time.Advance(LoopPulse.Patience);
        Assert.False(await pulse.WaitAsync(Long, TestContext.Current.CancellationToken));
    }

    private Task<bool> Pulse() => new LoopPulse(_loop, _time).BeatsAsync(TestContext.Current.CancellationToken);

    private void Start()
    {
        _thread = new Thread(_loop.Run) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>A command in which the loop stays until it is over.</summary>
    private sealed class Hang : LoopCommand, IDisposable
    {
        public ManualResetEventSlim Reached { get; } = new();

        public ManualResetEventSlim Over { get; } = new();

        public override void Run(PacketLoop loop)
        {
            Reached.Set();
            Over.Wait(Long);
        }

        public void Dispose()
        {
            Over.Set();
            Reached.Dispose();
        }
    }
}
