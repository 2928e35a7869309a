using Gateway.Core.Policy;

namespace Gateway.Dataplane.Filter;

/// <summary>Gives devices, peers and callers a number for the life of the process, so that flows outlive a change of policy although
/// indexes move. Used by the control thread alone.</summary>
internal sealed class EntitySlots
{
    /// <summary>Names one process may meet; each costs a hundred bytes, and a box has tens of devices.</summary>
    public const int MaxSlots = 65_536;

    private readonly Dictionary<(EntityKind, string), int> _slots = [];
    private readonly List<string> _names = [];

    /// <summary>The number of a name, new where it was never seen; -1 when all numbers are used.</summary>
    public int Of(EntityKind kind, string name)
    {
        if (_slots.TryGetValue((kind, name), out var slot))
            return slot;
        if (_names.Count == MaxSlots)
            return -1;
        slot = _names.Count;
        _slots.Add((kind, name), slot);
        _names.Add(name);
        return slot;
    }

    public bool TryFind(EntityKind kind, string name, out int slot) => _slots.TryGetValue((kind, name), out slot);

    public string NameOf(int slot) => slot >= 0 && slot < _names.Count ? _names[slot] : "";
}
