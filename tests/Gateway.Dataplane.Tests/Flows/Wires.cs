using Gateway.Dataplane.Tests.Pipeline;

namespace Gateway.Dataplane.Tests.Flows;

/// <summary>Carries frames between the box and test peers, in rounds; may lose, repeat and swap them by a seeded chance.</summary>
internal sealed class Wires(TestBox box, params TestPeer[] peers)
{
    private readonly Random _random = new(20_261_123);

    /// <summary>Chance of 100 that a frame is lost, repeated or delivered after the next one.</summary>
    public int FaultsPercent { get; set; }

    /// <summary>Carries until nothing moves any more, letting time pass between rounds.</summary>
    public void Settle(int rounds = 200, int stepMs = 5)
    {
        for (var i = 0; i < rounds; i++)
        {
            box.Pass(stepMs);
            foreach (var peer in peers)
                Carry(peer);
            Deliver();
        }
    }

    /// <summary>As <see cref="Settle"/>, with the peers' retransmission timers, until <paramref name="done"/> or the bound.</summary>
    public bool Until(Func<bool> done, int rounds = 4_000)
    {
        for (var i = 0; i < rounds && !done(); i++)
        {
            box.Pass(10);
            if (i % 25 == 24)
            {
                foreach (var peer in peers)
                    peer.Retransmit();
            }
            foreach (var peer in peers)
                Carry(peer);
            Deliver();
        }
        return done();
    }

    private void Carry(TestPeer peer)
    {
        foreach (var frame in Disturb([.. peer.Outgoing]))
            box.Receive(peer.Link, frame);
        peer.Outgoing.Clear();
    }

    private void Deliver()
    {
        var sent = box.TakeSent();
        foreach (var peer in peers)
        {
            foreach (var frame in Disturb([.. sent.Where(s => s.Link == peer.Link).Select(s => s.Frame)]))
                peer.Take(frame);
        }
    }

    private IEnumerable<byte[]> Disturb(List<byte[]> frames)
    {
        for (var i = 0; i < frames.Count && FaultsPercent > 0; i++)
        {
            if (_random.Next(100) >= FaultsPercent)
                continue;
            switch (_random.Next(3))
            {
                case 0:
                    frames.RemoveAt(i--);
                    break;
                case 1:
                    frames.Insert(i, frames[i]);
                    i++;
                    break;
                default:
                    if (i + 1 < frames.Count)
                        (frames[i], frames[i + 1]) = (frames[i + 1], frames[i]);
                    break;
            }
        }
        return frames;
    }
}
