using Microsoft.Win32.SafeHandles;

namespace Gateway.Core.Store;

/// <summary>A file on a real disk, without a buffer of its own.</summary>
internal sealed class DiskFile(SafeFileHandle handle) : IJournalFile
{
    public long LengthBytes => RandomAccess.GetLength(handle);

    public int Read(long offset, Span<byte> to) => RandomAccess.Read(handle, to, offset);

    public void Write(long offset, ReadOnlySpan<byte> bytes) => RandomAccess.Write(handle, bytes, offset);

    public void Truncate(long lengthBytes) => RandomAccess.SetLength(handle, lengthBytes);

    public void Sync() => RandomAccess.FlushToDisk(handle);

    public void Dispose() => handle.Dispose();
}
