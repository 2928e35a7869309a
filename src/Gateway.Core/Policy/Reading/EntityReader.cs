using Gateway.Core.Net;
using Gateway.Core.Policy.Yaml;

namespace Gateway.Core.Policy.Reading;

/// <summary>Reads links, fabrics, devices, peers, services and callers. What a field may hold is checked here as far as the field alone
/// tells; the rest are rules over the whole document.</summary>
internal sealed class EntityReader(Report report)
{
    public const string AnAddress = "an IPv4 address such as 192.168.10.21";
    public const string APrefix = "an IPv4 address with its network's length such as 192.168.10.21/24";
    public const string APort = "a transport and port such as tcp/502 or udp/5000-5010 (ports 1 to 65535)";

    public LinkSpec Link(YamlValue value, string path)
    {
        var fields = FieldReader.Open(value, SiteFormat.Link, path, report);
        return new LinkSpec(
            fields.Text("name"),
            fields.Word("role", SiteFormat.Roles, LinkRole.Downlink),
            fields.Text("interface"),
            (byte)fields.Number("socket", 1, byte.MaxValue, 0),
            fields.Optional<Ipv4Prefix>("address", Ipv4Prefix.TryParse, APrefix),
            fields.At)
        {
            Vlan = (ushort)fields.Number("vlan", CompiledLink.FirstVlan, CompiledLink.LastVlan, 0),
        };
    }

    public FabricSpec Fabric(YamlValue value, string path)
    {
        var fields = FieldReader.Open(value, SiteFormat.Fabric, path, report);
        return new FabricSpec(
            fields.Text("name"), fields.Text("kind"), fields.Text("hub"), fields.Text("authority"), fields.OptionalText("token"), fields.Text("gateway"), fields.At);
    }

    public DeviceSpec Device(YamlValue value, string path)
    {
        var fields = FieldReader.Open(value, SiteFormat.Device, path, report);
        return new DeviceSpec
        {
            Name = fields.Text("name"),
            Id = fields.Text("id"),
            Labels = fields.Labels("labels"),
            Link = fields.Text("link"),
            Mac = fields.Optional<MacAddress>("mac", MacAddress.TryParse, "a hardware address such as 28:63:36:aa:10:2f") ?? MacAddress.Zero,
            Address = fields.Optional<Ipv4Prefix>("address", Ipv4Prefix.TryParse, APrefix) ?? default,
            GatewayAddress = fields.Optional<Ipv4Address>("gateway", Ipv4Address.TryParse, AnAddress),
            SegmentAddress = fields.Optional<Ipv4Address>("segment", Ipv4Address.TryParse, AnAddress),
            Fabric = fields.Text("fabric"),
            Enforcement = fields.Word("enforcement", SiteFormat.Enforcements, Enforcement.Enforce),
            MaxFlows = fields.Number("max-flows", 1, PolicyLimits.MaxFlowsPerDevice, DeviceSpec.DefaultMaxFlows),
            At = fields.At,
        };
    }

    public PeerSpec Peer(YamlValue value, string path)
    {
        var fields = FieldReader.Open(value, SiteFormat.Peer, path, report);
        return new PeerSpec(
            fields.Text("name"),
            fields.Text("link"),
            fields.Optional<Ipv4Address>("address", Ipv4Address.TryParse, AnAddress) ?? Ipv4Address.Any,
            fields.Labels("labels"),
            fields.At);
    }

    public ServiceSpec Service(YamlValue value, string path)
    {
        var fields = FieldReader.Open(value, SiteFormat.Service, path, report);
        var name = fields.Text("name");
        return new ServiceSpec(
            name,
            fields.Text("fabric"),
            fields.Text("remote", name),
            fields.Optional<ServicePort>("port", ServicePort.TryParse, APort) ?? default,
            fields.Optional<Ipv4Address>("address", Ipv4Address.TryParse, AnAddress),
            fields.At);
    }

    public CallerSpec Caller(YamlValue value, string path)
    {
        var fields = FieldReader.Open(value, SiteFormat.Caller, path, report);
        return new CallerSpec(
            fields.Text("name"), fields.Text("fabric"), fields.OptionalText("id"), fields.OptionalText("group"), fields.At);
    }
}
