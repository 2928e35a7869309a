using Gateway.Core.Control;
using Gateway.Core.Discovery;
using Gateway.Dataplane.Observers;
using Gateway.Dataplane.Pipeline;
using Gateway.Dataplane.Segments;

namespace Gateway.Dataplane.Control;

/// <summary>
/// Drains the loop's rings on a thread of its own: gives records names, adds up equal refusals of a second, keeps to
/// <see cref="RecordsPerSecond"/>, and lets observers read frame copies. What is suppressed is counted exactly and told.
/// </summary>
internal sealed class RecordReporter
{
    /// <summary>Records told one by one per second (reliability promise: a flood makes at most 100 a second).</summary>
    private const int RecordsPerSecond = 100;

    /// <summary>Kinds of refusals told apart within a second; a scan of ports makes many.</summary>
    private const int MaxRefusalKinds = 256;

    private static readonly TimeSpan ObservationInterval = TimeSpan.FromSeconds(30);

    private readonly LoopRings _rings;
    private readonly BoxState _box;
    private readonly RecordNames _names;
    private readonly CallerContexts _callers;
    private readonly TimeProvider _time;
    private readonly Action<ControlMessage> _tell;
    private readonly FrameObserver _observer = new();
    private readonly DuplicateSuppressor _duplicates;
    private readonly Dictionary<RefusalKey, (LoopRecord Record, uint Count)> _refusals = [];
    private TokenBucket _rate = new(RecordsPerSecond, RecordsPerSecond);
    private ulong _suppressed;
    private ulong _toldRecords;
    private ulong _toldCopies;
    private int _sumsDue;
    private volatile bool _stop;

    public RecordReporter(LoopRings rings, BoxState box, RecordNames names, CallerContexts callers, TimeProvider time, Action<ControlMessage> tell)
    {
        _rings = rings;
        _box = box;
        _names = names;
        _callers = callers;
        _time = time;
        _tell = tell;
        _duplicates = new DuplicateSuppressor(time, ObservationInterval);
    }

    /// <summary>Drains until stopped. On its own thread.</summary>
    public void Run()
    {
        while (!_stop)
        {
            Drain();
            if (Interlocked.Exchange(ref _sumsDue, 0) == 1)
                TellSums();
            _rings.Wait();
        }
        Drain();
    }

    /// <summary>Has sums told soon. Called once a second, from any thread.</summary>
    public void SumsDue()
    {
        Volatile.Write(ref _sumsDue, 1);
        _rings.Wake();
    }

    public void Stop()
    {
        _stop = true;
        _rings.Wake();
    }

    /// <summary>Takes everything that is in the rings now.</summary>
    internal void Drain()
    {
        while (_rings.TryRecord(out var record))
            Take(record);
        while (_rings.TryCopy(out var copy))
        {
            var frame = new ObservedFrame { At = _time.GetUtcNow(), Link = _box.Links[copy.Link].Name, Vlan = copy.Vlan, Bytes = copy.Bytes };
            _observer.Observe(frame, Tell);
            _rings.ReleaseCopy();
        }
    }

    /// <summary>Tells the refusals of the last second and what was suppressed. On the drain's thread.</summary>
    internal void TellSums()
    {
        foreach (var (record, count) in _refusals.Values)
            TellRated(_names.Flow(record, _time.GetUtcNow(), count), count);
        _refusals.Clear();
        var records = _suppressed + _rings.LostRecords;
        var copies = _rings.LostCopies;
        if (records == _toldRecords && copies == _toldCopies)
            return;
        _tell(new Suppressed(_time.GetUtcNow(), records - _toldRecords, copies - _toldCopies));
        _toldRecords = records;
        _toldCopies = copies;
    }

    private void Take(in LoopRecord record)
    {
        var now = _time.GetUtcNow();
        switch (record.Kind)
        {
            case LoopRecordKind.CallerDone:
                _callers.Release(record.SourceSlot);
                break;
            // A change of a binding is never suppressed; the guard itself spaces them out.
            case LoopRecordKind.Binding:
                _tell(_names.Binding(record, now));
                break;
            case LoopRecordKind.SecondAddress:
                _tell(_names.SecondAddress(record, now));
                break;
            case LoopRecordKind.FlowRefused:
                AddUp(record);
                break;
            case LoopRecordKind.Operation:
                TellRated(_names.Operation(record, now), 1);
                break;
            default:
                TellRated(_names.Flow(record, now), 1);
                break;
        }
    }

    private void AddUp(in LoopRecord record)
    {
        var key = new RefusalKey(record.Link, record.Reason, record.Protocol, record.SourceAddress, record.DestinationAddress, record.DestinationPort);
        if (_refusals.TryGetValue(key, out var sum))
            _refusals[key] = (sum.Record, sum.Count + 1);
        else if (_refusals.Count < MaxRefusalKinds)
            _refusals.Add(key, (record, 1));
        else
            _suppressed++;
    }

    private void TellRated(ControlMessage message, uint count)
    {
        if (_rate.TryTake(Environment.TickCount64))
            _tell(message);
        else
            _suppressed += count;
    }

    private void Tell(Observation observation)
    {
        if (_duplicates.Admits(observation))
            _tell(new ObservationMessage(observation));
    }

    private readonly record struct RefusalKey(int Link, Core.Policy.DropReason Reason, byte Protocol, uint Source, uint Destination, ushort Port);
}
