namespace Gateway.Core.Tests.Store.Simulation;

/// <summary>What a disk may hold after the power went: what was synced, and of the rest any part in any order, by sectors.</summary>
public static class PowerCut
{
    private const int SectorBytes = 512;

    /// <summary>The image after the first <paramref name="count"/> calls.</summary>
    /// <param name="calls">Calls of a run.</param>
    /// <param name="count">How many of them were made.</param>
    /// <param name="random">Chooses what of the unsynced part survived.</param>
    public static SimulatedFolder Image(IReadOnlyList<DiskCall> calls, int count, Random random)
    {
        var names = new Dictionary<string, SimulatedFile>();
        var contents = new Dictionary<SimulatedFile, Content>();
        var unsyncedNames = new List<DiskCall>();
        foreach (var call in calls.Take(count))
        {
            switch (call.Kind)
            {
                case DiskCallKind.Write or DiskCallKind.Truncate:
                    ContentOf(call).Unsynced.Add(call);
                    break;
                case DiskCallKind.Sync:
                    ContentOf(call).Keep(_ => true);
                    break;
                case DiskCallKind.Create or DiskCallKind.Rename or DiskCallKind.Delete:
                    unsyncedNames.Add(call);
                    break;
                case DiskCallKind.SyncFolder:
                    unsyncedNames.ForEach(name => Name(names, name));
                    unsyncedNames.Clear();
                    break;
            }
        }
        foreach (var name in unsyncedNames.Where(_ => random.Next(2) == 0))
            Name(names, name);
        return SimulatedFolder.Of(names.Select(pair => KeyValuePair.Create(
            pair.Key, contents.TryGetValue(pair.Value, out var content) ? content.Tear(random) : [])));

        Content ContentOf(DiskCall call)
        {
            if (!contents.TryGetValue(call.File!, out var content))
                contents[call.File!] = content = new Content();
            return content;
        }
    }

    private static void Name(Dictionary<string, SimulatedFile> names, DiskCall call)
    {
        if (call.Kind == DiskCallKind.Create)
            names[call.Name] = call.File!;
        else
            names.Remove(call.Name);
        if (call.Kind == DiskCallKind.Rename)
            names[call.To] = call.File!;
    }

    private sealed class Content
    {
        private readonly SimulatedFile _synced = new();

        public List<DiskCall> Unsynced { get; } = [];

        public void Keep(Func<DiskCall, bool> survives)
        {
            foreach (var call in Unsynced.Where(survives))
                Apply(_synced, call);
            Unsynced.Clear();
        }

        /// <summary>Each unsynced call survives whole, in some of its sectors, as a length without data, or not at all.</summary>
        public byte[] Tear(Random random)
        {
            var file = new SimulatedFile(_synced.Bytes);
            foreach (var call in Unsynced)
            {
                switch (random.Next(4))
                {
                    case 0:
                        Apply(file, call);
                        break;
                    case 1 when call.Kind == DiskCallKind.Write:
                        ApplySectors(file, call, random);
                        break;
                    case 2 when call.Kind == DiskCallKind.Write && file.Length < call.Offset + call.Bytes!.Length:
                        file.Truncate(call.Offset + random.Next(call.Bytes.Length + 1));
                        break;
                }
            }
            return file.Bytes;
        }

        private static void Apply(SimulatedFile file, DiskCall call)
        {
            if (call.Kind == DiskCallKind.Write)
                file.Write(call.Offset, call.Bytes);
            else
                file.Truncate(call.Offset);
        }

        /// <summary>Sectors survive one by one; the last of them may be torn inside.</summary>
        private static void ApplySectors(SimulatedFile file, DiskCall call, Random random)
        {
            var at = 0;
            while (at < call.Bytes!.Length)
            {
                var length = (int)Math.Min(call.Bytes.Length - at, SectorBytes - (call.Offset + at) % SectorBytes);
                if (random.Next(2) == 0)
                    file.Write(call.Offset + at, call.Bytes.AsSpan(at, random.Next(8) == 0 ? random.Next(length) : length));
                at += length;
            }
        }
    }
}
