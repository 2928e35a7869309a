namespace Gateway.Core.Tests.Store.Simulation;

/// <summary>Content of a simulated file, as a running process sees it.</summary>
public sealed class SimulatedFile
{
    private readonly Lock _gate = new();
    private byte[] _bytes = [];

    public SimulatedFile()
    {
    }

    public SimulatedFile(byte[] bytes) => _bytes = bytes;

    public byte[] Bytes
    {
        get
        {
            lock (_gate)
                return [.. _bytes];
        }
    }

    public int Length
    {
        get
        {
            lock (_gate)
                return _bytes.Length;
        }
    }

    public int Read(long offset, Span<byte> to)
    {
        lock (_gate)
        {
            var count = (int)Math.Clamp(_bytes.Length - offset, 0, to.Length);
            _bytes.AsSpan((int)Math.Min(offset, _bytes.Length), count).CopyTo(to);
            return count;
        }
    }

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            if (_bytes.Length < offset + bytes.Length)
                Array.Resize(ref _bytes, (int)offset + bytes.Length);
            bytes.CopyTo(_bytes.AsSpan((int)offset));
        }
    }

    public void Truncate(long length)
    {
        lock (_gate)
            Array.Resize(ref _bytes, (int)length);
    }
}
