namespace Gateway.Dataplane.Tests.Evasion;

/// <summary>What must become of a frame.</summary>
internal enum Fate
{
    MustNotPass,
    MustPass,

    /// <summary>Its header must pass, its data must not.</summary>
    MustPassEmpty,

    /// <summary>Either is right (a bound is near); if it passes, it must be the same frame.</summary>
    MayPass,
}

/// <summary>The oracle's picture of one tracked TCP connection: all that each side has said, byte by byte.</summary>
internal sealed class Conversation
{
    private readonly Side _client = new();
    private readonly Side _server = new();
    private bool _answered;
    private bool _confirmed;

    public bool IsDead { get; private set; }

    /// <summary>A segment came of which it cannot be known from outside whether it counts; nothing behind it can be known either.</summary>
    public bool IsUnsure { get; private set; }

    /// <summary>Why the last segment must not pass.</summary>
    public string Why { get; private set; } = "";

    /// <summary>Both have finished and heard of it.</summary>
    public bool IsOver => _client.FinAt is not null && _server.FinAt is not null && _client.Heard == _server.End && _server.Heard == _client.End;

    /// <summary>Judges a segment of right shape, and takes what passes for said.</summary>
    public Fate Judge(Heard segment, bool fromClient)
    {
        var (self, other) = fromClient ? (_client, _server) : (_server, _client);
        if (IsDead)
            return Refuse("the connection was reset");
        if (segment.Has(Crafted.Syn))
            return fromClient ? Call(segment) : AnswerCall(segment);
        if (segment.Has(Crafted.Rst))
            return TakeReset(segment, self, other, fromClient);
        if (!_answered)
            return Refuse("the opening is not answered");
        if (!_confirmed && (fromClient ? segment.Acknowledged != _server.End : segment.Payload.Length > 0))
            return Refuse("the handshake is not done");
        return Say(segment, self, other, fromClient);
    }

    private Fate Call(Heard syn)
    {
        if (_answered || syn.Has(Crafted.Ack))
            return Refuse("a second SYN");
        _client.Begin(syn);
        _client.Allowed = _client.End;
        return Fate.MustPass;
    }

    private Fate AnswerCall(Heard syn)
    {
        if (!syn.Has(Crafted.Ack) || syn.Acknowledged != _client.First || _confirmed || IsOver)
            return Refuse("a SYN-ACK out of place");
        if (_answered)
            return syn.Sequence + 1 == _server.First ? Fate.MustPass : Refuse("a second SYN-ACK");
        _answered = true;
        _server.Begin(syn);
        (_server.Heard, _client.Heard) = (syn.Acknowledged, _server.First);
        _server.Allowed = _server.End + _client.LargestWindow;
        _client.Allowed = syn.Acknowledged + _server.LargestWindow;
        if (_client.Scale is null || _server.Scale is null)
            _client.Scale = _server.Scale = null;
        return Fate.MustPass;
    }

    private Fate TakeReset(Heard segment, Side self, Side other, bool fromClient)
    {
        var exact = _answered
            ? segment.Sequence == self.End || segment.Sequence == other.Heard
            : fromClient ? segment.Sequence == _client.First : segment.Has(Crafted.Ack) && segment.Acknowledged == _client.First;
        if (!exact)
            return Refuse("a RST that is not exact");
        IsDead = true;
        return segment.Payload.Length > 0 ? Fate.MustPassEmpty : Fate.MustPass;
    }

    private Fate Say(Heard segment, Side self, Side other, bool fromClient)
    {
        var payload = segment.Payload;
        var fin = segment.Has(Crafted.Fin);
        var end = segment.Sequence + (uint)payload.Length + (fin ? 1u : 0);
        if (Gap(end, self.Allowed) > 0 || Gap(segment.Sequence, self.End) < -(long)other.LargestWindow - 1)
            return Refuse("outside the window");
        if (Gap(segment.Acknowledged, other.End) > 0 || Gap(segment.Acknowledged, other.End) < -(long)Math.Max(self.LargestWindow, 65_535))
            return Refuse("an impossible acknowledgement");
        var fate = Fate.MustPass;
        if (payload.Length > 0 && Gap(end, other.Heard) <= 0)
        {
            fate = Fate.MustPassEmpty;
        }
        else if (payload.Length > 0 || fin)
        {
            if (self.FinAt is { } at ? Gap(end, at) > 0 || (fin && end != at) : fin && Gap(end, self.End) <= 0)
                return Refuse("a FIN out of place, or data behind one");
            fate = self.Compare(segment.Sequence, payload);
            IsUnsure |= fate == Fate.MayPass;
            if (fate == Fate.MustNotPass)
                return Refuse("other bytes at the same place");
            if (self.HolesWith(segment.Sequence, end) > 4)
                return Refuse("a fifth hole");
            self.Take(segment.Sequence, payload, end, fin);
        }
        if (fin)
            self.FinAt = end;
        self.Hear(segment, other);
        _confirmed |= fromClient;
        return fate;
    }

    private Fate Refuse(string why)
    {
        Why = why;
        return Fate.MustNotPass;
    }

    private static long Gap(uint left, uint right) => unchecked((int)(left - right));

    private sealed class Side
    {
        private readonly Dictionary<uint, byte> _said = [];
        private readonly SortedDictionary<long, long> _spans = [];

        public uint First { get; private set; }

        public uint End { get; private set; }

        public uint Allowed { get; set; }

        public uint Heard { get; set; }

        public uint? FinAt { get; set; }

        public int? Scale { get; set; }

        public uint LargestWindow { get; private set; }

        public void Begin(Heard syn)
        {
            (First, End) = (syn.Sequence + 1, syn.Sequence + 1);
            (Scale, LargestWindow) = (syn.Scale, Math.Max(1u, syn.Window));
            _said.Clear();
            _spans.Clear();
            _spans[0] = 0;
        }

        /// <summary>Nothing may be said otherwise than before at the same place. The gateway remembers the newest 4 KiB
        /// (docs/decisions/0007); what is older, or stands where the SYN stood, may be either.</summary>
        public Fate Compare(uint start, byte[] bytes)
        {
            var fate = Fate.MustPass;
            for (var i = 0; i < bytes.Length; i++)
            {
                var place = start + (uint)i;
                if (Gap(place, First) < 0)
                    fate = Fate.MayPass;
                else if (_said.TryGetValue(place, out var said) && said != bytes[i])
                {
                    if (Gap(place, End - 4_096) >= 0)
                        return Fate.MustNotPass;
                    fate = Fate.MayPass;
                }
            }
            return fate;
        }

        /// <summary>Pieces behind the contiguous front, when this one is said too.</summary>
        public int HolesWith(uint start, uint end)
        {
            var spans = Merged(Gap(start, First), Gap(end, First));
            return spans.Count - 1;
        }

        public void Take(uint start, byte[] bytes, uint end, bool fin)
        {
            for (var i = 0; i < bytes.Length; i++)
                _said.TryAdd(start + (uint)i, bytes[i]);
            var merged = Merged(Gap(start, First), Gap(end, First));
            _spans.Clear();
            foreach (var (from, to) in merged)
                _spans[from] = to;
            if (Gap(end, End) > 0)
                End = end;
        }

        public void Hear(Heard segment, Side other)
        {
            if (Gap(segment.Acknowledged, Heard) > 0)
                Heard = segment.Acknowledged;
            var window = Math.Max(1u, (uint)segment.Window << (Scale ?? 0));
            LargestWindow = Math.Max(LargestWindow, window);
            if (Gap(segment.Acknowledged + window, other.Allowed) > 0)
                other.Allowed = segment.Acknowledged + window;
        }

        private List<(long From, long To)> Merged(long start, long end)
        {
            var all = _spans.Select(s => (From: s.Key, To: s.Value)).Append((start, end)).OrderBy(s => s.Item1).ToList();
            var merged = new List<(long From, long To)>();
            foreach (var (from, to) in all)
            {
                if (merged.Count > 0 && from <= merged[^1].To)
                    merged[^1] = (merged[^1].From, Math.Max(merged[^1].To, to));
                else
                    merged.Add((from, to));
            }
            return merged;
        }
    }
}
