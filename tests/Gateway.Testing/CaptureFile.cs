using System.Buffers.Binary;
using System.IO.Compression;

namespace Gateway.Testing;

/// <summary>One record of a capture.</summary>
/// <param name="Number">Position in the file, from 1, as analysers count.</param>
/// <param name="LinkType">What the bytes begin with (registry of the pcap file format); 1 is Ethernet.</param>
/// <param name="At">When it was captured.</param>
/// <param name="Bytes">What was kept of it.</param>
/// <param name="LengthBytes">How long it was on the wire.</param>
public sealed record CapturedFrame(int Number, int LinkType, DateTimeOffset At, byte[] Bytes, int LengthBytes)
{
    public const int Ethernet = 1;

    public bool IsWhole => Bytes.Length >= LengthBytes;
}

/// <summary>Reads captures without libpcap: pcap in both byte orders and resolutions, pcapng, and either of them gzipped. A file that
/// ends in the middle of a record ends before it.</summary>
public static class CaptureFile
{
    private const uint PcapMicroseconds = 0xA1B2C3D4;
    private const uint PcapNanoseconds = 0xA1B23C4D;
    private const uint PcapModified = 0xA1B2CD34;
    private const int PcapHeaderBytes = 24;
    private const int RecordHeaderBytes = 16;

    /// <summary>The modified format of old Linux kernels has interface, protocol and packet type besides.</summary>
    private const int ModifiedRecordHeaderBytes = 24;

    /// <exception cref="InvalidDataException">It is no capture.</exception>
    public static IReadOnlyList<CapturedFrame> Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        if (bytes is [0x1F, 0x8B, ..])
            bytes = Unzip(bytes);
        if (bytes.Length < PcapHeaderBytes)
            throw new InvalidDataException($"{path} is too short for a capture");
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes) == PcapNgReader.SectionHeader)
            return [.. new PcapNgReader(bytes).Read()];
        foreach (var little in (ReadOnlySpan<bool>)[true, false])
        {
            if (U32(bytes, 0, little) is PcapMicroseconds or PcapNanoseconds or PcapModified)
                return [.. ReadPcap(bytes, little)];
        }
        throw new InvalidDataException($"{path} begins with neither pcap's nor pcapng's number");
    }

    internal static uint U32(byte[] bytes, int at, bool little) => little
        ? BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at))
        : BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at));

    private static IEnumerable<CapturedFrame> ReadPcap(byte[] bytes, bool little)
    {
        var magic = U32(bytes, 0, little);
        var linkType = (int)(U32(bytes, 20, little) & 0xFFFF);
        var ticksPerUnit = magic == PcapNanoseconds ? 0.01 : TimeSpan.TicksPerMicrosecond;
        var headerBytes = magic == PcapModified ? ModifiedRecordHeaderBytes : RecordHeaderBytes;
        var number = 0;
        for (var at = PcapHeaderBytes; at + headerBytes <= bytes.Length;)
        {
            var when = DateTimeOffset.FromUnixTimeSeconds(U32(bytes, at, little)).AddTicks((long)(U32(bytes, at + 4, little) * ticksPerUnit));
            var kept = U32(bytes, at + 8, little);
            var length = (int)U32(bytes, at + 12, little);
            at += headerBytes;
            if (kept > bytes.Length - at)
                yield break;
            yield return new CapturedFrame(++number, linkType, when, bytes[at..(at + (int)kept)], length);
            at += (int)kept;
        }
    }

    private static byte[] Unzip(byte[] bytes)
    {
        using var zip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        zip.CopyTo(plain);
        return plain.ToArray();
    }
}
