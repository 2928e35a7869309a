using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Gateway.Core.Net;
using Gateway.Core.Operations;
using Gateway.Core.Policy;

namespace Gateway.Core.Tests.Policy;

/// <summary>Random right documents: small, crowded, with cloned devices, so that selectors, ports and addresses meet often. Grants that
/// would make the document wrong are left out, so every document compiles. A failing one is shrunk by leaving out grants.</summary>
internal static class SiteGenerator
{
    private static readonly string[] Rules =
        ["read", "operate", "identify", "all", "3|0-9", "3|0-9,6|5", "unit 1: 3", "unit 2-4: 16|100-109,23|0-9", "43"];

    private static readonly (EntityKind From, EntityKind To)[] Pairs =
    [
        (EntityKind.Device, EntityKind.Device), (EntityKind.Device, EntityKind.Device), (EntityKind.Device, EntityKind.Device),
        (EntityKind.Device, EntityKind.Peer), (EntityKind.Device, EntityKind.Service), (EntityKind.Peer, EntityKind.Device),
        (EntityKind.Caller, EntityKind.Device), (EntityKind.Gateway, EntityKind.Device),
    ];

    public static Arbitrary<SiteDocument> Documents { get; } = Arb.From(
        Gen.Choose(0, int.MaxValue - 1).Select(seed => Make(new Random(seed))),
        document => document.Grants.Select(grant => document with { Grants = document.Grants.Remove(grant) }));

    /// <summary>Questions about a document: half about the ends and the port of a conduit, half about anything.</summary>
    public static ExplainQuery Question(SiteDocument document, CompiledPolicy policy, Random random)
    {
        if (random.Next(2) == 0 && !policy.Conduits.IsEmpty)
        {
            var conduit = policy.Conduits[random.Next(policy.Conduits.Length)];
            var port = conduit.Port with { Ports = new(conduit.Port.Ports.First, conduit.Port.Ports.First) };
            return new ExplainQuery([Name(policy, conduit.From)], Name(policy, conduit.To), port, random.Next(3) == 0 ? null : Operation(random));
        }
        EntityName[] sources =
        [
            .. document.Devices.Select(d => new EntityName(EntityKind.Device, d.Name)), .. document.Peers.Select(p => new EntityName(EntityKind.Peer, p.Name)),
            .. document.Callers.Select(c => new EntityName(EntityKind.Caller, c.Name)), new(EntityKind.Gateway, ""),
        ];
        EntityName[] targets =
        [
            .. document.Devices.Select(d => new EntityName(EntityKind.Device, d.Name)), .. document.Peers.Select(p => new EntityName(EntityKind.Peer, p.Name)),
            .. document.Services.Select(s => new EntityName(EntityKind.Service, s.Name)),
        ];
        var from = Pick(random, sources);
        var both = from.Kind == EntityKind.Caller && random.Next(3) == 0
            ? document.Callers.Select(c => new EntityName(EntityKind.Caller, c.Name)).ToImmutableArray()
            : [from];
        return new ExplainQuery(both, Pick(random, targets), Port(random, single: true), random.Next(2) == 0 ? null : Operation(random));
    }

    private static EntityName Name(CompiledPolicy policy, EntityRef entity) => new(entity.Kind, entity.Kind switch
    {
        EntityKind.Device => policy.Devices[entity.Index].Name,
        EntityKind.Peer => policy.Peers[entity.Index].Name,
        EntityKind.Service => policy.Services[entity.Index].Name,
        EntityKind.Caller => policy.Callers[entity.Index].Name,
        _ => "",
    });

    public static SiteDocument Make(Random random)
    {
        var document = Entities(random);
        var result = PolicyCompiler.Compile(document);
        Assert.True(result.Valid, string.Join('\n', result.Errors));
        for (var i = random.Next(25); i > 0; i--)
        {
            var more = document with { Grants = document.Grants.Add(Grant(random, document, $"g-{document.Grants.Length}")) };
            if (PolicyCompiler.Compile(more).Valid)
                document = more;
        }
        return document;
    }

    private static SiteDocument Entities(Random random)
    {
        var hosted = random.Next(5) != 0;
        var devices = Enumerable.Range(0, random.Next(1, 7)).Select(i => Device(random, i)).ToImmutableArray();
        var trunk = random.Next(3) == 0;
        var links = devices.Select((d, i) => Downlink(random, d.Link, i, trunk)).ToList();
        links.Add(new LinkSpec("up", LinkRole.Uplink, "up0", 0, Ipv4Prefix.Parse("10.77.0.254/24"), default));
        if (hosted)
            links.Add(new LinkSpec("host", LinkRole.Host, "host0", 0, Ipv4Prefix.Parse("100.64.0.1/16"), default));
        return new SiteDocument
        {
            Site = "hall-" + random.Next(10),
            Links = [.. links],
            Fabrics = [new FabricSpec("fab", "corridor", "hub.plant:8443", "ca.pem", random.Next(2) == 0 ? null : "a token.txt", random.Next(2) == 0 ? "" : "box-1", default)],
            Devices = devices,
            Peers = [.. Enumerable.Range(0, random.Next(4)).Select(i => new PeerSpec($"p{i}", "up", new(0x0A4D0001u + (uint)i), Labels(random), default))],
            Services = hosted ? [.. Enumerable.Range(0, random.Next(4)).Select(i => Service(random, i))] : [],
            Callers = hosted ? [.. Enumerable.Range(0, random.Next(4)).Select(i => Caller(random, i))] : [],
        };
    }

    /// <summary>An interface of its own, or one VLAN of a trunk with all the others.</summary>
    private static LinkSpec Downlink(Random random, string name, int index, bool trunk) => trunk
        ? new LinkSpec(name, LinkRole.Downlink, "trunk", 1, null, default) { Vlan = (ushort)(1 + (index * 800)) }
        : new LinkSpec(name, LinkRole.Downlink, $"s{index}", random.Next(2) == 0 ? (byte)0 : (byte)(index + 1), null, default);

    private static DeviceSpec Device(Random random, int index)
    {
        var address = Ipv4Prefix.Parse(Pick(random, ["192.168.10.21/24", "192.168.10.22/24", "10.0.0.5/8", "172.16.0.2/30", "192.168.1.1/24"]));
        return new DeviceSpec
        {
            Name = $"dev-{index}",
            Id = random.Next(2) == 0 ? "" : $"Id{index}",
            Labels = Labels(random),
            Link = $"socket-{index}",
            Mac = MacAddress.FromValue(0x0030DE000000UL + (ulong)random.Next(1 << 16) * 16 + (ulong)index),
            Address = address,
            GatewayAddress = random.Next(3) == 0 ? address.FirstHostBut(address.Address) : null,
            SegmentAddress = random.Next(3) == 0 ? new Ipv4Address(0x64400000u + 2 + (uint)random.Next(3) * 100 + (uint)index) : null,
            Fabric = random.Next(2) == 0 ? "" : "fab",
            Enforcement = Pick(random, [Enforcement.Enforce, Enforcement.Enforce, Enforcement.Enforce, Enforcement.Quarantine, Enforcement.CutOff]),
            MaxFlows = Pick(random, [256, 1, 4096]),
        };
    }

    private static ServiceSpec Service(Random random, int index) => new(
        $"serv-{index}", "fab", random.Next(2) == 0 ? $"serv-{index}" : "Remote \"x\" ä: 1", new(Transport.Tcp, new(8086, 8086)),
        random.Next(3) == 0 ? null : Ipv4Address.Parse(Pick(random, ["10.20.0.30", "10.20.0.31"])), default);

    private static CallerSpec Caller(Random random, int index) => random.Next(2) == 0
        ? new($"call-{index}", "fab", $"spiffe://hall/client/{index}", null, default)
        : new($"call-{index}", "fab", null, $"group-{index}", default);

    private static GrantSpec Grant(Random random, SiteDocument document, string name)
    {
        var (source, target) = Pick(random, Pairs);
        var from = End(random, document, source, mayBeAs: target != EntityKind.Service);
        var to = End(random, document, target, mayBeAs: source is EntityKind.Device or EntityKind.Peer);
        var allow = to.Kind == EntityKind.Service ? [] : Enumerable.Range(0, random.Next(1, 4)).Select(_ => Allow(random)).ToImmutableArray();
        return new GrantSpec(name, from, to, allow, Pick(random, ["", "", "why not", "\"quoted\", { and: odd } # ü\\n", "- x", "yes"]), default);
    }

    private static Selector End(Random random, SiteDocument document, EntityKind kind, bool mayBeAs)
    {
        string[] names = kind switch
        {
            EntityKind.Device => [.. document.Devices.Select(d => d.Name)],
            EntityKind.Peer => [.. document.Peers.Select(p => p.Name)],
            EntityKind.Service => [.. document.Services.Select(s => s.Name)],
            EntityKind.Caller => [.. document.Callers.Select(c => c.Name)],
            _ => [""],
        };
        Ipv4Address? address = mayBeAs && random.Next(3) == 0 ? Ipv4Address.Parse(Pick(random, ["192.168.10.50", "192.168.10.51", "10.77.0.99", "10.0.0.77"])) : null;
        var byLabels = kind is EntityKind.Device or EntityKind.Peer && random.Next(2) == 0;
        return new Selector(kind, byLabels || names.Length == 0 ? "" : Pick(random, names), byLabels ? Labels(random, least: 1) : LabelSet.None, address, default);
    }

    private static AllowSpec Allow(Random random)
    {
        var port = Port(random, single: false);
        return random.Next(2) == 0
            ? new AllowSpec(port, InspectorKind.None, null, RefuseMode.Answer, default)
            : new AllowSpec(port, InspectorKind.Modbus, ModbusRule.Parse(Pick(random, Rules)), Pick(random, Enum.GetValues<RefuseMode>()), default);
    }

    private static ServicePort Port(Random random, bool single)
    {
        var first = Pick<ushort>(random, [502, 503, 554, 8086]);
        return new ServicePort(
            random.Next(4) == 0 ? Transport.Udp : Transport.Tcp, new PortRange(first, single || random.Next(3) != 0 ? first : (ushort)(first + random.Next(60))));
    }

    private static Operation Operation(Random random)
    {
        var text = Pick(random, ["3|0-9", "3|5", "3|10", "6|5", "6|6", "16|100-101", "23|0-9", "43", "43/13", "90", "unit 2: 16|100", "unit 3: 23|5", "1"]);
        Assert.True(OperationText.TryParse("modbus " + text, out var operation, out var error), error);
        return operation;
    }

    private static ImmutableSortedDictionary<string, string> Labels(Random random, int least = 0)
    {
        var labels = LabelSet.None;
        for (var i = random.Next(least, 3); i > 0; i--)
            labels = labels.SetItem(Pick(random, ["kind", "line", "on"]), Pick(random, ["plc", "camera", "2", "no"]));
        return labels;
    }

    private static T Pick<T>(Random random, T[] from) => from[random.Next(from.Length)];
}
