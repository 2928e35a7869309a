using System.Runtime.InteropServices;
using Gateway.Dataplane.Interop;
using Gateway.Dataplane.Links;
using Gateway.Dataplane.Pipeline;
using Tmds.Linux;

namespace Gateway.Dataplane.Control;

/// <summary>Copy of a frame for the observers.</summary>
internal readonly ref struct FrameCopy(int link, ushort vlan, ReadOnlySpan<byte> bytes)
{
    public int Link { get; } = link;

    public ushort Vlan { get; } = vlan;

    public ReadOnlySpan<byte> Bytes { get; } = bytes;
}

/// <summary>The way out of the packet loop: two rings that the loop fills and one reader drains. When a ring is full, what comes is
/// counted and lost; the loop never waits.</summary>
internal sealed unsafe class LoopRings : LoopOutput, IDisposable
{
    /// <summary>Records that wait at most; at 100 a second a reader may be away for 40 s.</summary>
    private const int RecordCapacity = 4_096;

    /// <summary>Frame copies that wait at most; each link may offer 50 a second.</summary>
    private const int CopyCapacity = 512;

    private const int CopyBytes = LinkLimits.RingFrameBytes;
    private const int CopyHeadBytes = 8;

    private readonly LoopRecord[] _records = new LoopRecord[RecordCapacity];
    private readonly byte* _copies = (byte*)NativeMemory.AlignedAlloc(CopyCapacity * CopyBytes, 64);
    private readonly int _signal = NativeError.Check(LibC.eventfd(0, LibC.EFD_CLOEXEC), "making an event descriptor");
    private uint _recordHead;
    private uint _recordTail;
    private uint _copyHead;
    private uint _copyTail;
    private ulong _lostRecords;
    private ulong _lostCopies;
    private int _asleep;

    /// <summary>Records that did not fit, since start.</summary>
    public ulong LostRecords => Volatile.Read(ref _lostRecords);

    /// <summary>Frame copies that did not fit, since start.</summary>
    public ulong LostCopies => Volatile.Read(ref _lostCopies);

    public override void Record(in LoopRecord record)
    {
        var head = _recordHead;
        if (head - Volatile.Read(ref _recordTail) == RecordCapacity)
        {
            _lostRecords++;
            return;
        }
        _records[head % RecordCapacity] = record;
        Volatile.Write(ref _recordHead, head + 1);
        Signal();
    }

    public override void Observe(int link, ushort vlan, ReadOnlySpan<byte> frame)
    {
        var head = _copyHead;
        if (head - Volatile.Read(ref _copyTail) == CopyCapacity)
        {
            _lostCopies++;
            return;
        }
        var slot = _copies + ((head % CopyCapacity) * CopyBytes);
        var length = Math.Min(frame.Length, CopyBytes - CopyHeadBytes);
        *(ushort*)slot = (ushort)link;
        *(ushort*)(slot + 2) = vlan;
        *(int*)(slot + 4) = length;
        frame[..length].CopyTo(new Span<byte>(slot + CopyHeadBytes, length));
        Volatile.Write(ref _copyHead, head + 1);
        Signal();
    }

    /// <summary>Takes the next record; false when there is none. Reader's thread.</summary>
    public bool TryRecord(out LoopRecord record)
    {
        var tail = _recordTail;
        if (tail == Volatile.Read(ref _recordHead))
        {
            record = default;
            return false;
        }
        record = _records[tail % RecordCapacity];
        Volatile.Write(ref _recordTail, tail + 1);
        return true;
    }

    /// <summary>Shows the next frame copy, valid until <see cref="ReleaseCopy"/>; false when there is none. Reader's thread.</summary>
    public bool TryCopy(out FrameCopy copy)
    {
        if (_copyTail == Volatile.Read(ref _copyHead))
        {
            copy = default;
            return false;
        }
        var slot = _copies + ((_copyTail % CopyCapacity) * CopyBytes);
        copy = new FrameCopy(*(ushort*)slot, *(ushort*)(slot + 2), new ReadOnlySpan<byte>(slot + CopyHeadBytes, *(int*)(slot + 4)));
        return true;
    }

    public void ReleaseCopy() => Volatile.Write(ref _copyTail, _copyTail + 1);

    /// <summary>Waits until something may be there. Reader's thread.</summary>
    public void Wait()
    {
        Volatile.Write(ref _asleep, 1);
        Interlocked.MemoryBarrier();
        if (_recordTail != Volatile.Read(ref _recordHead) || _copyTail != Volatile.Read(ref _copyHead))
        {
            Volatile.Write(ref _asleep, 0);
            return;
        }
        ulong count;
        _ = LibC.read(_signal, &count, sizeof(ulong));
        Volatile.Write(ref _asleep, 0);
    }

    /// <summary>Ends a wait. From any thread.</summary>
    public void Wake()
    {
        ulong one = 1;
        _ = LibC.write(_signal, &one, sizeof(ulong));
    }

    public void Dispose()
    {
        _ = LibC.close(_signal);
        NativeMemory.AlignedFree(_copies);
    }

    private void Signal()
    {
        // One system call for a sleeping reader, none for a busy one.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _asleep) == 1)
            Wake();
    }
}
