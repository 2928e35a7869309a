namespace Gateway.Core.Store;

/// <summary>An append on its way: the caller waits for <see cref="Task"/>.</summary>
internal sealed class PendingAppend(ReadOnlyMemory<byte> payload, AppendUse use)
{
    // Continuations elsewhere: the writer's thread must not run its callers' code.
    private readonly TaskCompletionSource<long> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ReadOnlyMemory<byte> Payload => payload;

    public AppendUse Use => use;

    public int RecordBytes => RecordFormat.OverheadBytes + payload.Length;

    public Task<long> Task => _done.Task;

    public void Acknowledge(long sequence) => _done.TrySetResult(sequence);

    public void Refuse(Exception reason) => _done.TrySetException(reason);
}
