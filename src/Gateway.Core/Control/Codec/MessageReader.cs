using System.Collections.Immutable;
using Gateway.Core.Discovery;
using Gateway.Core.Net;
using Gateway.Core.Operations;
using Gateway.Core.Policy;

namespace Gateway.Core.Control.Codec;

/// <summary>Reads the fields of each message in the order of its declaration.</summary>
internal ref struct MessageReader
{
    private ControlReader _from;

    private MessageReader(ReadOnlySpan<byte> fields) => _from = new ControlReader(fields);

    private delegate T ReadItem<T>(ref MessageReader reader);

    /// <exception cref="InvalidDataException">The fields are not those of such a message.</exception>
    public static ControlMessage Read(MessageType type, ReadOnlySpan<byte> fields)
    {
        var reader = new MessageReader(fields);
        ControlMessage message = type switch
        {
            MessageType.Hello => new Hello(reader._from.U16()),
            MessageType.InstallPolicy => new InstallPolicy(reader._from.U32(), reader._from.U64(), reader._from.Bytes().ToArray()),
            MessageType.OpenIntent => reader.Intent(),
            MessageType.VerifyBinding => new VerifyBinding(reader._from.U32(), reader._from.Text()),
            MessageType.EndFlows => new EndFlows(reader._from.U32(), reader._from.Text(), reader._from.OptionalText()),
            MessageType.Welcome => new Welcome(reader._from.U16(), reader._from.U64(), reader._from.U64(), reader._from.Text()),
            MessageType.Reply => new Reply(reader._from.U32(), reader._from.Bool(), reader._from.Enum<DropReason>(), reader._from.Text()),
            MessageType.Observation => reader.Observation(),
            MessageType.LinkChanged => new LinkChanged(reader.Time(), reader._from.Text(), reader._from.Bool()),
            MessageType.BindingChanged => reader.Binding(),
            MessageType.FlowRecord => reader.Flow(),
            MessageType.OperationRecord => reader.OperationRecord(),
            MessageType.Status => reader.Status(),
            MessageType.Suppressed => new Suppressed(reader.Time(), reader._from.U64(), reader._from.U64()),
            _ => throw new InvalidDataException($"{(ushort)type} is no message type of protocol version {ControlProtocol.Version}"),
        };
        reader._from.ExpectEnd();
        return message;
    }

    private OpenIntent Intent()
    {
        var (request, device, port, sourcePort) = (_from.U32(), _from.Text(), Port(), _from.U16());
        var entries = List(2, static (ref r) => r._from.Text());
        return entries.Length <= ControlProtocol.MaxEntries
            ? new OpenIntent(request, device, port, sourcePort, entries, _from.Text())
            : throw new InvalidDataException($"{entries.Length} caller entries are named, at most {ControlProtocol.MaxEntries} are allowed");
    }

    private ObservationMessage Observation()
    {
        var observation = new Observation(
            Time(), _from.Text(), Mac(), _from.Enum<ObservationSource>(), _from.Enum<EvidenceAttribute>(), _from.Text());
        return observation.Value.Length <= Discovery.Observation.MaxValueLength
            ? new ObservationMessage(observation)
            : throw new InvalidDataException(
                $"a value has {observation.Value.Length} characters, at most {Discovery.Observation.MaxValueLength} are allowed");
    }

    private BindingChanged Binding() => new(Time(), _from.Text(), _from.Enum<BindingState>(), Mac(), Address());

    private FlowRecord Flow() => new(
        Time(), _from.Enum<FlowEvent>(), _from.Enum<DropReason>(), _from.Text(), _from.Text(), _from.Text(), _from.Text(), _from.U8(),
        Address(), _from.U16(), Address(), _from.U16(), _from.U64(), _from.U64(), _from.U32());

    private OperationRecord OperationRecord() => new(
        Time(), _from.Text(), _from.Text(), _from.Text(), _from.Bool(), _from.Enum<RuleMiss>(), Operation());

    private Operation Operation() => new(
        _from.Enum<OperationProtocol>(), _from.Enum<OperationKind>(), _from.U8(), _from.U8(), _from.U16(), Run(), Run(), _from.U16());

    private StatusMessage Status() => new(
        Time(), _from.U64(),
        List(31, static (ref r) => r.Link()),
        List(39, static (ref r) => r.Device()),
        _from.U32(), _from.U64(), _from.Enum<FastPathTier>(), _from.U32());

    private LinkStatus Link() => new(
        _from.Text(), _from.Bool(), _from.U64(), _from.U64(), _from.U64(),
        List(9, static (ref r) => new DropCount(r._from.Enum<DropReason>(), r._from.U64())));

    private DeviceStatus Device() => new(_from.Text(), _from.Enum<BindingState>(), _from.U32(), _from.U64(), _from.U64())
    {
        Isolation = new IsolationFacts(_from.U32(), _from.U32(), _from.U32(), _from.U32()),
    };

    private DateTimeOffset Time()
    {
        var ticks = _from.I64();
        return ticks >= 0 && ticks <= DateTime.MaxValue.Ticks
            ? new DateTimeOffset(ticks, TimeSpan.Zero)
            : throw new InvalidDataException($"{ticks} is no point in time");
    }

    private MacAddress Mac()
    {
        var value = _from.U64();
        return value >> 48 == 0 ? MacAddress.FromValue(value) : throw new InvalidDataException($"{value:x} is no hardware address");
    }

    private Ipv4Address Address() => new(_from.U32());

    private ServicePort Port()
    {
        var port = new ServicePort(_from.Enum<Transport>(), new PortRange(_from.U16(), _from.U16()));
        return port.Ports.First <= port.Ports.Last
            ? port
            : throw new InvalidDataException($"ports {port.Ports.First} to {port.Ports.Last} run backwards");
    }

    private AddressRun Run()
    {
        var run = new AddressRun(_from.I32(), _from.I32());
        return run.First is >= 0 and <= 65536 && run.Count is >= 0 and <= 65536 && run.First + run.Count <= 65536
            ? run
            : throw new InvalidDataException($"{run.Count} data addresses from {run.First} do not exist");
    }

    private ImmutableArray<T> List<T>(int leastItemBytes, ReadItem<T> read)
    {
        var items = ImmutableArray.CreateBuilder<T>(_from.Count(leastItemBytes));
        while (items.Count < items.Capacity)
            items.Add(read(ref this));
        return items.MoveToImmutable();
    }
}
