using Gateway.Core.Store;
using Gateway.Core.Store.Views;

namespace Gateway.CrashRig;

/// <summary>Fills a small disk and prints one line per finding, <c>name value</c>, for the test to judge.</summary>
internal static class Filler
{
    private const string Ballast = "ballast";

    public static async Task<int> Run(string folder)
    {
        RigStore.Make(folder);
        var key = RigStore.Key(folder);
        var ballast = Path.Combine(folder, Ballast);
        await File.WriteAllBytesAsync(ballast, new byte[8 << 20]);
        using (var journal = Open(folder, key))
        {
            using var view = RigStore.OpenView(folder, key, journal);
            var ordinary = Append(journal, AppendUse.Ordinary);
            Say("ordinary", ordinary);
            Say("condition", journal.Condition);
            Say("readable", journal.Read(1).Count());
            var audit = Append(journal, AppendUse.Audit);
            Say("audit", audit);
            Say("readable-after-audit", journal.Read(1).Count());
            Say("view-level-when-full", await IsLevel(view));
            File.Delete(ballast);
            Say("ordinary-with-room", Append(journal, AppendUse.Ordinary, most: 50));
            Say("condition-with-room", journal.Condition);
            Say("readable-at-the-end", journal.Read(1).Count());
        }
        Say("verified", JournalVerifier.Verify(RigStore.Folder(folder, RigStore.RecordsName), RigStore.RecordsName, key).Records);
        using (var journal = Open(folder, key))
        {
            using var view = RigStore.OpenView(folder, key, journal);
            await view.CatchUpAsync();
            Say("view-newest", view.Log.Query(new LogQuery { PageSize = 1 }).Entries[0].Sequence);
        }
        return 0;
    }

    private static Journal Open(string folder, StoreKey key) => Journal.Open(new JournalOptions
    {
        Name = RigStore.RecordsName,
        Folder = RigStore.Folder(folder, RigStore.RecordsName),
        Key = key,
        SegmentBytes = 64 * 1024,
        MaxPayloadBytes = 4096,
        ReserveBytes = 128 * 1024,
    });

    /// <summary>Appends until refused for want of room.</summary>
    private static int Append(Journal journal, AppendUse use, int most = int.MaxValue)
    {
        var count = 0;
        try
        {
            for (; count < most; count++)
                journal.Append(new byte[3000], use);
        }
        catch (JournalFullException)
        {
            // As many as there were.
        }
        return count;
    }

    private static async Task<bool> IsLevel(ViewStore view)
    {
        try
        {
            await view.CatchUpAsync();
            return true;
        }
        catch (ViewUnavailableException)
        {
            return false;
        }
    }

    private static void Say(string name, object value) => Console.WriteLine($"{name} {value}");
}
