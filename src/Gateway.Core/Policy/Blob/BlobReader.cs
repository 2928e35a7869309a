using System.Collections.Immutable;
using Gateway.Core.Control;
using Gateway.Core.Net;
using Gateway.Core.Operations;

namespace Gateway.Core.Policy.Blob;

/// <summary>Reads the fields of a compiled policy and checks every number in them before it is used: the packet path indexes with them.</summary>
internal ref struct BlobReader
{
    private ControlReader _from;

    private BlobReader(ReadOnlySpan<byte> fields) => _from = new ControlReader(fields);

    private delegate T ReadItem<T>(ref BlobReader reader);

    /// <exception cref="InvalidDataException">The fields end early, go on too long, or hold something impossible.</exception>
    public static CompiledPolicy Read(ReadOnlySpan<byte> fields)
    {
        var reader = new BlobReader(fields);
        var policy = new CompiledPolicy
        {
            Site = reader._from.Text(),
            SegmentRange = reader.Prefix(),
            Links = reader.List(9, PolicyLimits.MaxLinks, static (ref r) => r.Link()),
            Devices = reader.List(34, PolicyLimits.MaxDevices, static (ref r) => r.Device()),
            Peers = reader.List(10, PolicyLimits.MaxPeers, static (ref r) => r.Peer()),
            Services = reader.List(13, PolicyLimits.MaxServices, static (ref r) => r.Service()),
            Callers = reader.List(6, PolicyLimits.MaxCallers, static (ref r) => r.Caller()),
            Grants = reader.List(2, PolicyLimits.MaxGrants, static (ref r) => new CompiledGrant(r._from.Text(), 0)),
        };
        var rules = reader.List(3, PolicyLimits.MaxConduits, static (ref r) => r.Rule());
        var conduits = ImmutableArray.CreateBuilder<Conduit>(reader.Count(33, PolicyLimits.MaxConduits));
        while (conduits.Count < conduits.Capacity)
            conduits.Add(reader.Conduit(rules));
        reader._from.ExpectEnd();
        policy = policy with { Conduits = conduits.MoveToImmutable() };
        BlobCheck.Check(policy);
        return policy;
    }

    private CompiledLink Link()
    {
        var (name, role, port, vlan) = (_from.Text(), _from.Enum<LinkRole>(), _from.Text(), _from.U16());
        return new CompiledLink(name, role, port, _from.U8(), _from.Bool() ? Prefix() : null) { Vlan = vlan };
    }

    private CompiledDevice Device() => new(
        _from.Text(), _from.Text(), _from.I32(), Mac(), Prefix(), Address(), Address(), _from.Enum<Enforcement>(), _from.I32());

    private CompiledPeer Peer() => new(_from.Text(), _from.I32(), Address());

    private CompiledService Service() => new(_from.Text(), _from.Text(), _from.Text(), Port(), _from.U16());

    private CompiledCaller Caller() => new(_from.Text(), _from.Text(), _from.OptionalText(), _from.OptionalText());

    private OperationRule Rule()
    {
        var (protocol, text) = (_from.Enum<OperationProtocol>(), _from.Text());
        OperationRule? rule = protocol == OperationProtocol.Modbus && ModbusRule.TryParse(text, out var modbus, out _) ? modbus : null;
        return rule?.Canonical == text ? rule : throw new InvalidDataException(
            $"'{text}' is no rule of protocol {protocol} in its shortest form");
    }

    private Conduit Conduit(ImmutableArray<OperationRule> rules) => new(
        _from.I32(), Entity(), Entity(), Address(), Address(), Port(), _from.Enum<InspectorKind>(), RuleAt(rules), _from.Enum<RefuseMode>());

    private OperationRule? RuleAt(ImmutableArray<OperationRule> rules)
    {
        var index = _from.I32();
        if (index == -1)
            return null;
        return (uint)index < (uint)rules.Length
            ? rules[index]
            : throw new InvalidDataException($"a conduit names rule {index} of {rules.Length}");
    }

    private EntityRef Entity() => new(_from.Enum<EntityKind>(), _from.I32());

    private Ipv4Address Address() => new(_from.U32());

    private MacAddress Mac()
    {
        var value = _from.U64();
        return value >> 48 == 0 ? MacAddress.FromValue(value) : throw new InvalidDataException($"{value:x} is no hardware address");
    }

    private Ipv4Prefix Prefix()
    {
        var address = Address();
        var length = _from.U8();
        return length <= 32 ? new Ipv4Prefix(address, length) : throw new InvalidDataException($"/{length} is no network length");
    }

    private ServicePort Port()
    {
        var port = new ServicePort(_from.Enum<Transport>(), new PortRange(_from.U16(), _from.U16()));
        return port.Transport != Transport.None && port.Ports.First != 0 && port.Ports.First <= port.Ports.Last
            ? port
            : throw new InvalidDataException($"transport {(int)port.Transport} with ports {port.Ports.First} to {port.Ports.Last} cannot be");
    }

    private int Count(int leastItemBytes, int most)
    {
        var count = _from.Count(leastItemBytes);
        return count <= most ? count : throw new InvalidDataException($"a list has {count} items, at most {most} are allowed");
    }

    private ImmutableArray<T> List<T>(int leastItemBytes, int most, ReadItem<T> read)
    {
        var items = ImmutableArray.CreateBuilder<T>(Count(leastItemBytes, most));
        while (items.Count < items.Capacity)
            items.Add(read(ref this));
        return items.MoveToImmutable();
    }
}
