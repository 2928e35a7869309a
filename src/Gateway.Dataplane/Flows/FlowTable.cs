using System.Numerics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Gateway.Dataplane.Flows;

/// <summary>What identifies packets of one direction of a flow on one link.</summary>
internal readonly struct FlowKey(int link, byte transport, uint source, ushort sourcePort, uint destination, ushort destinationPort)
{
    public readonly ulong Addresses = ((ulong)source << 32) | destination;
    public readonly ulong Ports = ((ulong)sourcePort << 48) | ((ulong)destinationPort << 32) | ((ulong)transport << 16) | (uint)link;
}

/// <summary>All flows, found by either direction: open addressing with backward-shift deletion over two keys a flow. Used by the packet
/// loop's thread alone; allocates only when it is made.</summary>
internal sealed class FlowTable
{
    private const int IndexFactor = 4;

    private readonly Flow[] _flows;
    private readonly int[] _free;
    private readonly Entry[] _index;
    private readonly int _mask;
    private readonly ulong _seed1;
    private readonly ulong _seed2;
    private int _freeCount;

    public FlowTable(int capacity)
    {
        _flows = new Flow[capacity];
        _free = new int[capacity];
        for (var i = 0; i < capacity; i++)
            _free[i] = capacity - 1 - i;
        _freeCount = capacity;
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)(capacity * IndexFactor));
        _index = new Entry[size];
        _mask = size - 1;
        // A device must not be able to aim all its flows at one slot.
        _seed1 = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))) | 1;
        _seed2 = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))) | 1;
    }

    public int Capacity => _flows.Length;

    public int Count => _flows.Length - _freeCount;

    public ref Flow this[int index] => ref _flows[index];

    /// <summary>Takes an unused flow; -1 when there is none. Its keys are added by <see cref="Link"/>.</summary>
    public int Take()
    {
        if (_freeCount == 0)
            return -1;
        var index = _free[--_freeCount];
        _flows[index] = default;
        return index;
    }

    /// <summary>Finds the flow that a packet belongs to.</summary>
    /// <param name="key">From the packet.</param>
    /// <param name="fromSource">Whether the packet comes from the opener.</param>
    /// <returns>Its index; -1 when there is none.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(in FlowKey key, out bool fromSource)
    {
        for (var slot = Slot(key); ; slot = (slot + 1) & _mask)
        {
            ref readonly var entry = ref _index[slot];
            if (entry.Value == 0)
            {
                fromSource = false;
                return -1;
            }
            if (entry.Addresses == key.Addresses && entry.Ports == key.Ports)
            {
                fromSource = (entry.Value & 1) == 0;
                return (entry.Value >> 1) - 1;
            }
        }
    }

    /// <summary>Adds both keys of a filled flow.</summary>
    public void Link(int index)
    {
        ref readonly var flow = ref _flows[index];
        Add(KeyOf(flow.Source, flow.Transport), index, fromSource: true);
        Add(KeyOf(flow.Target, flow.Transport), index, fromSource: false);
    }

    /// <summary>Removes a flow and gives its number back.</summary>
    public void Release(int index)
    {
        ref var flow = ref _flows[index];
        Remove(KeyOf(flow.Source, flow.Transport));
        Remove(KeyOf(flow.Target, flow.Transport));
        flow.Mode = FlowMode.Free;
        _free[_freeCount++] = index;
    }

    /// <summary>Gives back a flow that was taken and never linked.</summary>
    public void Return(int index) => _free[_freeCount++] = index;

    /// <summary>Key of the packets that come in from one side.</summary>
    public static FlowKey KeyOf(in FlowSide side, byte transport) =>
        new(side.Link, transport, side.Address, side.Port, side.OtherAddress, side.OtherPort);

    private void Add(in FlowKey key, int index, bool fromSource)
    {
        var slot = Slot(key);
        while (_index[slot].Value != 0)
            slot = (slot + 1) & _mask;
        _index[slot] = new Entry { Addresses = key.Addresses, Ports = key.Ports, Value = ((index + 1) << 1) | (fromSource ? 0 : 1) };
    }

    private void Remove(in FlowKey key)
    {
        var slot = Slot(key);
        while (_index[slot].Addresses != key.Addresses || _index[slot].Ports != key.Ports)
        {
            if (_index[slot].Value == 0)
                return;
            slot = (slot + 1) & _mask;
        }
        // Backward shift: later entries of the run move up, so that no gap hides them.
        for (var next = (slot + 1) & _mask; _index[next].Value != 0; next = (next + 1) & _mask)
        {
            var home = Slot(new Entry { Addresses = _index[next].Addresses, Ports = _index[next].Ports });
            if (((next - home) & _mask) < ((next - slot) & _mask))
                continue;
            _index[slot] = _index[next];
            slot = next;
        }
        _index[slot] = default;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Slot(in FlowKey key) => Mix(key.Addresses, key.Ports);

    private int Slot(in Entry entry) => Mix(entry.Addresses, entry.Ports);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Mix(ulong addresses, ulong ports)
    {
        var high = Math.BigMul(addresses ^ _seed1, ports ^ _seed2, out var low);
        return (int)((high ^ low) & (uint)_mask);
    }

    private struct Entry
    {
        public ulong Addresses;
        public ulong Ports;

        /// <summary>Flow index + 1, shifted left, lowest bit set for the target's direction; 0: empty.</summary>
        public int Value;
    }
}
