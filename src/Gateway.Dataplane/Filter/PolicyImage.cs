using Gateway.Core.Policy;

namespace Gateway.Dataplane.Filter;

/// <summary>A device in the form the packet path reads.</summary>
internal struct DeviceEntry
{
    /// <summary>Number for the life of the process; see <see cref="EntitySlots"/>.</summary>
    public int Slot;
    public int Link;
    public ulong Mac;
    public uint Address;
    public uint GatewayAddress;
    public uint SegmentAddress;
    public Enforcement Enforcement;
    public int MaxFlows;
}

internal struct PeerEntry
{
    public int Slot;
    public int Link;
    public uint Address;
}

internal struct ServiceEntry
{
    public ushort ListenerPort;
}

/// <summary>A compiled policy prepared for lookups. Made by the control thread, read by the packet loop, never changed.</summary>
internal sealed class PolicyImage
{
    private const int KindShift = 60;
    private const int IndexShift = 32;

    private readonly Dictionary<ulong, (int Start, int Count)> _buckets = [];
    private readonly Dictionary<uint, int> _deviceBySegment = [];
    private readonly Dictionary<ulong, int> _deviceByMac = [];
    private readonly Dictionary<ulong, int> _peerByAddress = [];
    private readonly HashSet<ulong> _answered = [];
    private readonly Dictionary<int, int> _deviceBySlot = [];
    private readonly Dictionary<int, int> _peerBySlot = [];
    private readonly Dictionary<int, int> _callerBySlot = [];

    /// <param name="policy">What to enforce.</param>
    /// <param name="version">Its number.</param>
    /// <param name="hash">SHA-256 of its blob, lower-case hexadecimal.</param>
    /// <param name="slots">Numbers of devices, peers and callers that last over policies.</param>
    /// <exception cref="InvalidOperationException">The process has no numbers left for new names.</exception>
    public PolicyImage(CompiledPolicy policy, ulong version, string hash, EntitySlots slots)
    {
        Policy = policy;
        Version = version;
        Hash = hash;
        DeviceByLink = new int[policy.Links.Length];
        Array.Fill(DeviceByLink, -1);
        Devices = new DeviceEntry[policy.Devices.Length];
        Peers = new PeerEntry[policy.Peers.Length];
        Services = [.. policy.Services.Select(s => new ServiceEntry { ListenerPort = s.ListenerPort })];
        Conduits = new ConduitEntry[policy.Conduits.Length];
        if (!TryFillEntities(policy, slots))
            throw new InvalidOperationException($"more than {EntitySlots.MaxSlots} names since start; restart the dataplane to forget the old ones");
        FillConduits(policy);
        FillAnswers(policy);
    }

    public CompiledPolicy Policy { get; }

    public ulong Version { get; }

    public string Hash { get; }

    public DeviceEntry[] Devices { get; }

    public PeerEntry[] Peers { get; }

    public ServiceEntry[] Services { get; }

    public ConduitEntry[] Conduits { get; }

    /// <summary>The device of each downlink; -1 where there is none. Where several are known on one link, the approved one; else one that
    /// was cut off, so that what was seen there later does not undo the cut; else the first.</summary>
    public int[] DeviceByLink { get; }

    /// <summary>Conduits of a source towards the address at which it sees a target: start and count in <see cref="Conduits"/>.</summary>
    public (int Start, int Count) Bucket(EntityKind kind, int index, uint seenAt) => _buckets.GetValueOrDefault(Key(kind, index, seenAt));

    public int DeviceBySegment(uint address) => _deviceBySegment.GetValueOrDefault(address, -1);

    /// <summary>The one approved device with this hardware address; -1 for none, or more than one.</summary>
    public int DeviceByMac(ulong mac) => _deviceByMac.GetValueOrDefault(mac, -1);

    public int PeerByAddress(int link, uint address) => _peerByAddress.GetValueOrDefault(LinkKey(link, address), -1);

    /// <summary>Whether the gateway answers ARP for the address on the link.</summary>
    public bool AnswersFor(int link, uint address) => _answered.Contains(LinkKey(link, address));

    public int DeviceOfSlot(int slot) => _deviceBySlot.GetValueOrDefault(slot, -1);

    public int PeerOfSlot(int slot) => _peerBySlot.GetValueOrDefault(slot, -1);

    public int CallerOfSlot(int slot) => _callerBySlot.GetValueOrDefault(slot, -1);

    private static int Rank(Enforcement enforcement) => enforcement switch
    {
        Enforcement.Enforce => 2,
        Enforcement.CutOff => 1,
        _ => 0,
    };

    private static ulong Key(EntityKind kind, int index, uint seenAt) =>
        ((ulong)kind << KindShift) | ((ulong)(uint)index << IndexShift) | seenAt;

    private static ulong LinkKey(int link, uint address) => ((ulong)(uint)link << IndexShift) | address;

    /// <summary>False when there are no numbers left; the image is then of no use.</summary>
    private bool TryFillEntities(CompiledPolicy policy, EntitySlots slots)
    {
        var numbered = true;
        for (var i = 0; i < policy.Devices.Length; i++)
        {
            var device = policy.Devices[i];
            var slot = slots.Of(EntityKind.Device, device.Id);
            numbered &= slot >= 0;
            Devices[i] = new DeviceEntry
            {
                Slot = slot,
                Link = device.Link,
                Mac = device.Mac.Value,
                Address = device.Address.Address.Value,
                GatewayAddress = device.GatewayAddress.Value,
                SegmentAddress = device.SegmentAddress.Value,
                Enforcement = device.Enforcement,
                MaxFlows = device.MaxFlows,
            };
            _deviceBySlot[slot] = i;
            _deviceBySegment[device.SegmentAddress.Value] = i;
            // Two approved machines may bear the same address; then it tells nothing.
            if (device.Enforcement == Enforcement.Enforce && !_deviceByMac.TryAdd(device.Mac.Value, i))
                _deviceByMac[device.Mac.Value] = -1;
            if (DeviceByLink[device.Link] is var other && (other < 0 || Rank(device.Enforcement) > Rank(Devices[other].Enforcement)))
                DeviceByLink[device.Link] = i;
        }
        for (var i = 0; i < policy.Peers.Length; i++)
        {
            var peer = policy.Peers[i];
            var slot = slots.Of(EntityKind.Peer, peer.Name);
            numbered &= slot >= 0;
            Peers[i] = new PeerEntry { Slot = slot, Link = peer.Link, Address = peer.Address.Value };
            _peerBySlot[slot] = i;
            _peerByAddress[LinkKey(peer.Link, peer.Address.Value)] = i;
        }
        for (var i = 0; i < policy.Callers.Length; i++)
        {
            var slot = slots.Of(EntityKind.Caller, policy.Callers[i].Name);
            numbered &= slot >= 0;
            _callerBySlot[slot] = i;
        }
        return numbered;
    }

    private void FillConduits(CompiledPolicy policy)
    {
        // The compiler has sorted by source and address, so the conduits of one bucket lie together.
        for (var i = 0; i < policy.Conduits.Length; i++)
        {
            var conduit = policy.Conduits[i];
            Conduits[i] = new ConduitEntry
            {
                FirstPort = conduit.Port.Ports.First,
                LastPort = conduit.Port.Ports.Last,
                Transport = (byte)conduit.Port.Transport,
                Inspector = conduit.Inspector,
                Refuse = conduit.Refuse,
                TargetKind = conduit.To.Kind,
                Target = conduit.To.Index,
                ShownAs = conduit.ShownAs.Value,
                Grant = conduit.Grant,
                Rule = conduit.Operations,
            };
            var key = Key(conduit.From.Kind, conduit.From.Index, conduit.SeenAt.Value);
            _buckets[key] = _buckets.TryGetValue(key, out var bucket) ? (bucket.Start, bucket.Count + 1) : (i, 1);
        }
    }

    private void FillAnswers(CompiledPolicy policy)
    {
        for (var i = 0; i < policy.Links.Length; i++)
        {
            var link = policy.Links[i];
            if (link.Role == LinkRole.Uplink && link.Address is { } own)
                _answered.Add(LinkKey(i, own.Address.Value));
            if (link.Role == LinkRole.Host)
            {
                foreach (var device in policy.Devices)
                    _answered.Add(LinkKey(i, device.SegmentAddress.Value));
            }
        }
        foreach (var conduit in policy.Conduits)
        {
            if (LinkOf(policy, conduit.From) is { } from)
                _answered.Add(LinkKey(from, conduit.SeenAt.Value));
            if (LinkOf(policy, conduit.To) is { } to)
                _answered.Add(LinkKey(to, conduit.ShownAs.Value));
            foreach (var end in (ReadOnlySpan<EntityRef>)[conduit.From, conduit.To])
            {
                if (end.Kind == EntityKind.Device)
                    _answered.Add(LinkKey(policy.Devices[end.Index].Link, policy.Devices[end.Index].GatewayAddress.Value));
            }
        }
    }

    private static int? LinkOf(CompiledPolicy policy, EntityRef entity) => entity.Kind switch
    {
        EntityKind.Device => policy.Devices[entity.Index].Link,
        EntityKind.Peer => policy.Peers[entity.Index].Link,
        _ => null,
    };
}
