using Gateway.Dataplane.Flows;
using Gateway.Dataplane.Pipeline;

namespace Gateway.Dataplane.Control;

/// <summary>Gives out the numbers under which the loop knows callers of announced connections, and takes them back when their flow is
/// over. One number a connection.</summary>
internal sealed class CallerContexts(BoxState box)
{
    private readonly Lock _lock = new();
    private readonly Stack<int> _free = new(Enumerable.Range(0, FlowLimits.MaxFlows).Reverse());

    /// <summary>Takes a number for a caller; -1 when none is left.</summary>
    public int Take(CallerContext context)
    {
        lock (_lock)
        {
            if (!_free.TryPop(out var number))
                return -1;
            box.Callers[number] = context;
            return number;
        }
    }

    public void Release(int number)
    {
        lock (_lock)
            _free.Push(number);
    }

    /// <summary>Identity of the caller, for records. Valid until its number is released.</summary>
    public string NameOf(int number) => number >= 0 && box.Callers[number] is { } context ? context.Caller : "";
}
