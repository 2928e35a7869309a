using System.Text;
using Gateway.Core.Api;
using Gateway.Core.Discovery;
using Gateway.Core.Devices;
using Gateway.Service.Dataplane;
using Gateway.Service.Fabrics;
using Gateway.Service.Records;
using Gateway.Service.State;

namespace Gateway.Service.Devices;

/// <summary>Asks a device who it is, by Modbus "read device identification" (function 43/14, Modbus Application Protocol V1.1b3, section
/// 6.21), basic objects only: the one question of the protocol that is meant for it and changes nothing. Only when a person asks.</summary>
internal sealed class ModbusIdentification(
    StateStore state, PolicyInstaller installer, FlowAdmitter admitter, DeviceDiscovery discovery, RecordLog log, TimeProvider time)
{
    private const ushort Port = 502;
    private const byte Unit = 1;
    private const int MaxAnswerBytes = 260;
    private const int HeaderBytes = 7;
    private const int ObjectsOffset = HeaderBytes + 7;

    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);

    /// <summary>What is sent, byte for byte: read identification code 1 (basic), from object 0.</summary>
    public static ReadOnlySpan<byte> Request => [0, 1, 0, 0, 0, 5, Unit, 43, 14, 1, 0];

    /// <summary>Asks and keeps the answer as evidence.</summary>
    /// <exception cref="RefusedException">The device has no known address, or does not answer, or not with an identification.</exception>
    public async Task AskAsync(string deviceId, string by, CancellationToken cancel)
    {
        if (!state.Current.Devices.TryGetValue(deviceId, out var device))
            throw RefusedException.Missing("device", deviceId);
        if (device.State is not (DeviceState.New or DeviceState.Named or DeviceState.Protected))
            throw RefusedException.Conflict($"{device.Id} is {ApiWords.Of(device.State)}; it is not asked anything");
        if (device.Binding is null && discovery.AddressOf(device) is null)
            throw RefusedException.Conflict("its address is not known yet, so it cannot be asked");
        log.Add(LogKinds.IdentifyAsked, LogSeverities.Info, by, device.Id, device.Name);
        using (await installer.AskAsync(deviceId).ConfigureAwait(false))
        {
            var answer = await ExchangeAsync(device, cancel).ConfigureAwait(false);
            foreach (var (attribute, value) in Read(answer))
                discovery.Add(deviceId, new Observation(time.GetUtcNow(), device.Link, device.Mac, ObservationSource.ModbusIdentification, attribute, value));
        }
    }

    /// <summary>Reads the objects of an answer: 0 vendor, 1 product code, 2 revision. Bounded by the answer's own length; never throws.</summary>
    internal static IEnumerable<(EvidenceAttribute Attribute, string Value)> Read(byte[] answer)
    {
        if (answer.Length < ObjectsOffset || answer[HeaderBytes] != 43 || answer[HeaderBytes + 1] != 14)
            yield break;
        var offset = ObjectsOffset;
        for (var left = answer[ObjectsOffset - 1]; left > 0 && offset + 2 <= answer.Length; left--)
        {
            var (id, length) = (answer[offset], answer[offset + 1]);
            offset += 2;
            if (offset + length > answer.Length)
                yield break;
            var value = Printable(answer.AsSpan(offset, length));
            offset += length;
            EvidenceAttribute? attribute = id switch { 0 => EvidenceAttribute.Vendor, 1 => EvidenceAttribute.Model, 2 => EvidenceAttribute.Firmware, _ => null };
            if (attribute is { } known && value.Length > 0)
                yield return (known, value);
        }
    }

    private async Task<byte[]> ExchangeAsync(Device device, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(AnswerTimeout);
        // The dataplane verifies the device by ARP first; the first connection waits for that.
        var result = await admitter.OpenOwnAsync(device, Port, limit.Token).ConfigureAwait(false);
        if (result.Flow is not { } flow)
            throw new RefusedException(RefusalKind.NoAnswer, "", "", $"it does not answer: {result.Refusal}");
        await using (flow.ConfigureAwait(false))
        {
            try
            {
                await flow.WriteAsync(Request.ToArray(), limit.Token).ConfigureAwait(false);
                var buffer = new byte[MaxAnswerBytes];
                await flow.ReadExactlyAsync(buffer.AsMemory(0, HeaderBytes), limit.Token).ConfigureAwait(false);
                var length = ((buffer[4] << 8) | buffer[5]) - 1;
                if (length is < 2 or > MaxAnswerBytes - HeaderBytes)
                    throw new RefusedException(RefusalKind.NoAnswer, "", "", "it answered, but not in Modbus");
                await flow.ReadExactlyAsync(buffer.AsMemory(HeaderBytes, length), limit.Token).ConfigureAwait(false);
                return buffer[HeaderBytes] == 43
                    ? buffer[..(HeaderBytes + length)]
                    : throw new RefusedException(RefusalKind.NoAnswer, "", "", "it speaks Modbus, but does not tell who it is (function 43/14)");
            }
            catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException or OperationCanceledException)
            {
                cancel.ThrowIfCancellationRequested();
                throw new RefusedException(RefusalKind.NoAnswer, "", "", "it took the connection, but did not answer");
            }
        }
    }

    private static string Printable(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        foreach (var b in bytes)
            text.Append(b is >= 0x20 and < 0x7F ? (char)b : '?');
        return text.ToString().Trim();
    }
}
