using Gateway.Core.Store;

namespace Gateway.Core.Tests.Store.Simulation;

/// <summary>A disk in memory that notes every call and can make each one fail.</summary>
public sealed class SimulatedFolder : IJournalFolder
{
    private const int InputOutputError = 5;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, SimulatedFile> _files = [];
    private readonly List<DiskCall> _calls = [];
    private bool _isLocked;

    public string Name => "simulated";

    /// <summary>Room of the whole disk.</summary>
    public long CapacityBytes { get; set; } = long.MaxValue / 2;

    /// <summary>Asked before each call, with its number from 0.</summary>
    public Func<int, DiskCall, DiskFault> Fault { get; set; } = (_, _) => DiskFault.None;

    public IReadOnlyDictionary<string, SimulatedFile> Files => _files;

    /// <summary>Calls that change something, in order.</summary>
    public IReadOnlyList<DiskCall> Calls
    {
        get
        {
            lock (_gate)
                return [.. _calls];
        }
    }

    public int CallCount
    {
        get
        {
            lock (_gate)
                return _calls.Count;
        }
    }

    public long FreeBytes
    {
        get
        {
            lock (_gate)
                return CapacityBytes - _files.Values.Sum(file => (long)file.Length);
        }
    }

    /// <summary>A folder with copies of these files.</summary>
    public static SimulatedFolder Of(IEnumerable<KeyValuePair<string, byte[]>> files)
    {
        var folder = new SimulatedFolder();
        foreach (var (name, bytes) in files)
            folder._files[name] = new SimulatedFile([.. bytes]);
        return folder;
    }

    /// <summary>What is found when the process was killed now: the kernel has all of it.</summary>
    public SimulatedFolder AfterKill() => Of(Snapshot());

    public Dictionary<string, byte[]> Snapshot() => _files.ToDictionary(pair => pair.Key, pair => pair.Value.Bytes);

    public byte[] Bytes(string name) => _files[name].Bytes;

    public void Put(string name, byte[] bytes) => _files[name] = new SimulatedFile(bytes);

    public void Remove(string name) => _files.Remove(name);

    public IReadOnlyList<string> List()
    {
        lock (_gate)
            return [.. _files.Keys];
    }

    public IJournalFile Create(string name)
    {
        var file = new SimulatedFile();
        Do(new DiskCall(DiskCallKind.Create, name, file), () => _files[name] = file);
        return new Handle(this, name, file);
    }

    public IJournalFile Open(string name, bool write)
    {
        lock (_gate)
            return _files.TryGetValue(name, out var file) ? new Handle(this, name, file) : throw new FileNotFoundException(name);
    }

    public void Rename(string from, string to) =>
        Do(new DiskCall(DiskCallKind.Rename, from, _files[from], To: to), () =>
        {
            _files.Remove(from, out var file);
            _files[to] = file!;
        });

    public void Delete(string name)
    {
        if (List().Contains(name))
            Do(new DiskCall(DiskCallKind.Delete, name), () => _files.Remove(name));
    }

    public void Sync() => Do(new DiskCall(DiskCallKind.SyncFolder, ""), () => { });

    public IDisposable Lock(string name)
    {
        if (_isLocked)
            throw new JournalLockedException("simulated folder is in use");
        _isLocked = true;
        return new Holder(this);
    }

    // A fault may block to hold a call up, so it is asked for outside the lock.
    private void Do(DiskCall call, Action act)
    {
        var fault = Fault(CallCount, call);
        lock (_gate)
        {
            Throw(fault, call);
            _calls.Add(call);
            act();
        }
    }

    private void Write(DiskCall call)
    {
        var fault = Fault(CallCount, call);
        lock (_gate)
        {
            var grown = Math.Max(0, call.Offset + call.Bytes!.Length - call.File!.Length);
            var free = CapacityBytes - _files.Values.Sum(file => (long)file.Length);
            if (fault == DiskFault.None && grown > free)
                fault = DiskFault.Full;
            var done = fault switch
            {
                DiskFault.None => call.Bytes.Length,
                DiskFault.Error => 0,
                _ => (int)Math.Min(call.Bytes.Length / 2, Math.Max(0, free)),
            };
            _calls.Add(call with { Bytes = call.Bytes[..done] });
            call.File.Write(call.Offset, call.Bytes.AsSpan(0, done));
            Throw(fault, call);
        }
    }

    private void Throw(DiskFault fault, DiskCall call)
    {
        if (fault == DiskFault.None)
            return;
        // A failed call counts too: the number of calls must not depend on whether one failed.
        if (call.Kind != DiskCallKind.Write)
            _calls.Add(call with { Kind = DiskCallKind.Open });
        throw fault == DiskFault.Full
            ? new IOException("no space left on the simulated disk", DiskFull.NoSpace)
            : new IOException($"simulated error of {call.Kind} {call.Name}", InputOutputError);
    }

    private sealed class Holder(SimulatedFolder folder) : IDisposable
    {
        public void Dispose() => folder._isLocked = false;
    }

    private sealed class Handle(SimulatedFolder folder, string name, SimulatedFile file) : IJournalFile
    {
        public long LengthBytes => file.Length;

        public int Read(long offset, Span<byte> to) => file.Read(offset, to);

        public void Write(long offset, ReadOnlySpan<byte> bytes) =>
            folder.Write(new DiskCall(DiskCallKind.Write, name, file, offset, bytes.ToArray()));

        public void Truncate(long lengthBytes) =>
            folder.Do(new DiskCall(DiskCallKind.Truncate, name, file, lengthBytes), () => file.Truncate(lengthBytes));

        public void Sync() => folder.Do(new DiskCall(DiskCallKind.Sync, name, file), () => { });

        public void Dispose()
        {
        }
    }
}
