using Gateway.Core.Store;

namespace Gateway.CrashRig;

/// <summary>Holds a journal open, or says why it cannot.</summary>
internal static class Holder
{
    public static int Run(string folder)
    {
        try
        {
            using var records = RigStore.OpenRecords(folder, RigStore.Key(folder));
            Console.WriteLine("open");
            Console.In.ReadToEnd();
            return 0;
        }
        catch (JournalLockedException e)
        {
            Console.WriteLine(e.Message);
            return 1;
        }
    }
}
