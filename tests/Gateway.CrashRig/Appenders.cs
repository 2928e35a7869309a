using System.Text;
using Gateway.Core.Store;

namespace Gateway.CrashRig;

/// <summary>Appends from several sides at once until the process is killed. Each acknowledged record leaves the process at once, in a write
/// of its own: <c>R sequence payload-hash</c> for a record, <c>S sequence value</c> for an entry of the state.</summary>
internal static class Appenders
{
    private const int RecordAppenders = 3;
    private const int StateAppenders = 2;

    public static async Task<int> Run(string folder)
    {
        var output = Console.OpenStandardOutput();
        var key = RigStore.Key(folder);
        using var state = RigStore.OpenState(folder, key);
        using var records = RigStore.OpenRecords(folder, key);
        using var view = RigStore.OpenView(folder, key, records);
        await Task.WhenAll(
        [
            .. Enumerable.Range(0, RecordAppenders).Select(_ => Task.Run(() => AppendRecords(records, output))),
            .. Enumerable.Range(0, StateAppenders).Select(_ => Task.Run(() => AppendEntries(state, output))),
        ]);
        return 0;
    }

    private static async Task AppendRecords(Journal records, Stream output)
    {
        var random = new Random();
        while (true)
        {
            var payload = RigStore.Payload(random);
            var sequence = await records.AppendAsync(payload);
            output.Write(Encoding.ASCII.GetBytes($"R {sequence} {RecordHash.Of(payload)}\n"));
        }
    }

    private static async Task AppendEntries(StateJournal<Tally, Number> state, Stream output)
    {
        var random = new Random();
        while (true)
        {
            var value = random.NextInt64(1_000_000);
            var tally = await state.AppendAsync(new Number(value));
            output.Write(Encoding.ASCII.GetBytes($"S {tally.Count} {value}\n"));
        }
    }
}
