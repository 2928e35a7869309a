using System.Text.RegularExpressions;
using Gateway.Core.Discovery;
using Gateway.Dataplane.Observers;
using Gateway.Dataplane.Wire;

namespace Gateway.Dataplane.Tests.Observers;

/// <summary>Real captures: what observers tell of a frame against what tshark read in it.</summary>
[Trait("Category", "Slow")]
public sealed partial class ObserversAgainstTsharkTests(ITestOutputHelper output)
{
    /// <summary>tshark gives up at a broken LLDP-MED location; we pass over all of an organisation's own parts, and read those behind it.</summary>
    private const string GivenUp = "malformed/med-loc-malformed.pcap";

    private readonly List<string> _differences = [];
    private int _compared;
    private string _where = "";

    [Fact]
    public void Arp_tells_what_tshark_reads()
    {
        Compare("arp", Ethertype.Arp, (told, fields) =>
        {
            // A probe tells nothing, and neither does a claim with another hardware address than the frame's.
            if (One(fields, "arp.src.hw_mac") != told.Mac || One(fields, "arp.src.proto_ipv4") == "0.0.0.0")
                return false;
            Same(told, EvidenceAttribute.Address, Unicast(One(fields, "arp.src.proto_ipv4")));
            var asks = One(fields, "arp.opcode") == "1" && One(fields, "arp.dst.proto_ipv4") != One(fields, "arp.src.proto_ipv4");
            Same(told, EvidenceAttribute.AsksFor, asks ? Unicast(One(fields, "arp.dst.proto_ipv4")) : null);
            return true;
        });
        Finish(atLeast: 1_400);
    }

    [Fact]
    public void Lldp_tells_what_tshark_reads()
    {
        Compare("lldp", Ethertype.Lldp, (told, fields) =>
        {
            Same(told, EvidenceAttribute.HostName, One(fields, "lldp.tlv.system.name"));
            Same(told, EvidenceAttribute.Description, One(fields, "lldp.tlv.system.desc"));
            Same(told, EvidenceAttribute.Address, Unicast(One(fields, "lldp.mgn.addr.ip4")));
            Same(told, EvidenceAttribute.Capabilities, Capabilities(One(fields, "lldp.tlv.enable_system_cap")));
            return true;
        });
        Finish(atLeast: 300);
    }

    [Fact]
    public void Dhcp_tells_what_tshark_reads()
    {
        Compare("dhcp", Ethertype.Ipv4, (told, fields) =>
        {
            if (One(fields, "dhcp.type") != "1" || One(fields, "dhcp.hw.mac_addr") != told.Mac)
                return false;
            Same(told, EvidenceAttribute.HostName, One(fields, "dhcp.option.hostname"));
            Same(told, EvidenceAttribute.VendorClass, One(fields, "dhcp.option.vendor_class_id"));
            var list = fields.TryGetValue("dhcp.option.request_list_item", out var items) ? string.Join(',', items) : null;
            Same(told, EvidenceAttribute.DhcpParameters, list);
            return true;
        });
        Finish(atLeast: 90);
    }

    [Fact]
    public void Mdns_tells_what_tshark_reads()
    {
        Compare("mdns", Ethertype.Ipv4, (told, fields) =>
        {
            if (One(fields, "dns.flags.response") != "1")
                return false;
            Within(told, EvidenceAttribute.Service, Many(fields, "dns.resp.name").Concat(Many(fields, "dns.ptr.domain_name"))
                .SelectMany(name => ServiceType().Matches(name).Select(match => match.Groups[1].Value)));
            Within(told, EvidenceAttribute.HostName, Many(fields, "dns.resp.name").Concat(Many(fields, "dns.srv.target"))
                .Where(name => name.EndsWith(".local", StringComparison.Ordinal)).Select(name => name[..^".local".Length]));
            Within(told, EvidenceAttribute.Model, Many(fields, "dns.txt").Where(text => text.Contains('=', StringComparison.Ordinal))
                .Select(text => text[(text.IndexOf('=', StringComparison.Ordinal) + 1)..]));
            // Nothing is told of records that are taken back, and the oracle does not keep how long they hold.
            if (!told.Observations.Any(observation => observation.Source == ObservationSource.Mdns))
                return false;
            Contains(told, EvidenceAttribute.HostName, Many(fields, "dns.srv.target")
                .Where(name => name.EndsWith(".local", StringComparison.Ordinal)).Select(name => name[..^".local".Length]));
            Contains(told, EvidenceAttribute.Model, Many(fields, "dns.txt")
                .Where(text => text.StartsWith("model=", StringComparison.Ordinal)).Select(text => text["model=".Length..]));
            return true;
        });
        Finish(atLeast: 15);
    }

    /// <param name="protocol">Name in the oracle.</param>
    /// <param name="type">Ethernet type of its frames.</param>
    /// <param name="compare">Tells whether there was something to compare.</param>
    private void Compare(string protocol, ushort type, Func<ToldFrame, IReadOnlyDictionary<string, IReadOnlyList<string>>, bool> compare)
    {
        foreach (var capture in Corpus.With(protocol).Where(capture => capture.Name != GivenUp))
        {
            var frames = CaptureFile.Read(capture.Path);
            var several = FramesWithSeveral(capture);
            foreach (var (number, _, fields) in capture.Oracle().Where(pdu => pdu.Protocol == protocol && !several.Contains(pdu.Frame)))
            {
                _where = $"{capture.Name} frame {number}";
                if (Observe(frames[number - 1], type) is not { } told)
                    continue;
                if (compare(told, fields))
                    _compared++;
            }
        }
    }

    /// <summary>Frames with two messages of the protocol (a quote or a tunnel inside), where the numbers alone do not say which is meant.</summary>
    private static HashSet<int> FramesWithSeveral(CorpusFile capture) =>
        [.. capture.Oracle().GroupBy(pdu => (pdu.Frame, pdu.Protocol)).Where(group => group.Count() > 1).Select(group => group.Key.Frame)];

    /// <summary>What a frame tells; null for one that is not plain Ethernet of this type, or that our parsers refuse.</summary>
    private static ToldFrame? Observe(CapturedFrame frame, ushort type)
    {
        if (frame.LinkType != CapturedFrame.Ethernet || !EthernetView.TryParse(frame.Bytes, out var ethernet) || ethernet.Type != type)
            return null;
        var observer = new FrameObserver();
        var told = new List<Observation>();
        observer.Observe(new ObservedFrame { At = frame.At, Link = "socket-1", Bytes = frame.Bytes }, told.Add);
        return observer.Malformed + observer.IllegalSources > 0 ? null : new ToldFrame(ethernet.Source.ToString(), told);
    }

    /// <summary>The value told must be the one expected, or none where none is expected.</summary>
    private void Same(ToldFrame told, EvidenceAttribute attribute, string? expected)
    {
        var values = told.Values(attribute).Select(Squeeze).ToList();
        // The oracle keeps the first 200 characters of a text.
        var wanted = string.IsNullOrWhiteSpace(expected) ? null : Squeeze(expected);
        var same = wanted is null ? values.Count == 0 : values.Count == 1 && values[0].StartsWith(wanted, StringComparison.Ordinal);
        if (!same)
            _differences.Add($"{_where}: {attribute}: told '{string.Join("', '", values)}', tshark '{wanted}'");
    }

    /// <summary>Every value told must be among those tshark read.</summary>
    private void Within(ToldFrame told, EvidenceAttribute attribute, IEnumerable<string> expected)
    {
        var all = expected.Select(Squeeze).ToHashSet();
        _differences.AddRange(told.Values(attribute).Where(value => !all.Contains(Squeeze(value)))
            .Select(value => $"{_where}: {attribute}: told '{value}', tshark has {string.Join(", ", all)}"));
    }

    /// <summary>Every value expected must have been told.</summary>
    private void Contains(ToldFrame told, EvidenceAttribute attribute, IEnumerable<string> expected)
    {
        var all = told.Values(attribute).Select(Squeeze).ToHashSet();
        _differences.AddRange(expected.Where(value => value.Length > 0 && !all.Contains(Squeeze(value)))
            .Select(value => $"{_where}: {attribute}: '{value}' not told, only {string.Join(", ", all)}"));
    }

    private void Finish(int atLeast)
    {
        output.WriteLine($"{_compared} messages compared");
        Assert.Empty(_differences);
        Assert.True(_compared >= atLeast, $"only {_compared} messages compared");
    }

    private static string? One(IReadOnlyDictionary<string, IReadOnlyList<string>> fields, string name) =>
        fields.TryGetValue(name, out var values) ? values[0] : null;

    private static IReadOnlyList<string> Many(IReadOnlyDictionary<string, IReadOnlyList<string>> fields, string name) =>
        fields.TryGetValue(name, out var values) ? values : [];

    private static string? Unicast(string? address) =>
        address is not null && Core.Net.Ipv4Address.Parse(address).IsUnicast ? address : null;

    private static string? Capabilities(string? bits)
    {
        string[] names =
        [
            "other", "repeater", "bridge", "access-point", "router", "telephone", "cable-modem", "station", "customer-bridge",
            "service-bridge", "two-port-relay",
        ];
        return bits is null ? null : string.Join(',', names.Where((_, bit) => (int.Parse(bits, null) & (1 << bit)) != 0));
    }

    private static string Squeeze(string text) => WhiteSpace().Replace(text, " ").Trim();

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();

    [GeneratedRegex(@"(_[^.]+\._(?:tcp|udp))")]
    private static partial Regex ServiceType();

    private sealed record ToldFrame(string Mac, List<Observation> Observations)
    {
        /// <summary>Values from the protocol itself; the source address of a packet is told beside it.</summary>
        public IEnumerable<string> Values(EvidenceAttribute attribute) => Observations
            .Where(told => told.Attribute == attribute && told.Source != ObservationSource.Ipv4).Select(told => told.Value);
    }
}
