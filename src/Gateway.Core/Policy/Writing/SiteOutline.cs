using System.Collections.Immutable;
using System.Globalization;

namespace Gateway.Core.Policy.Writing;

/// <param name="Key">Key of the format.</param>
/// <param name="Text">Its value as YAML on one line; empty when the value is a list.</param>
/// <param name="Items">The items of a list, each as YAML on one line.</param>
internal sealed record OutlineField(string Key, string Text, ImmutableArray<string> Items);

/// <param name="Name">Name of the thing.</param>
/// <param name="Fields">Its fields in the order of the format, without those that hold their default.</param>
internal sealed record OutlineItem(string Name, ImmutableArray<OutlineField> Fields);

/// <param name="List">Key of the list: <c>devices</c>.</param>
/// <param name="What">One of its items in words: <c>device</c>.</param>
/// <param name="Items">The items, in the order of the document.</param>
internal sealed record OutlineSection(string List, string What, ImmutableArray<OutlineItem> Items);

/// <summary>A document as sections, items and fields of text: what the writer prints and what two documents are compared by.</summary>
internal static class SiteOutline
{
    public static ImmutableArray<OutlineSection> Of(SiteDocument document) =>
    [
        new("links", "link", [.. document.Links.Select(Link)]),
        new("fabrics", "fabric", [.. document.Fabrics.Select(Fabric)]),
        new("devices", "device", [.. document.Devices.Select(Device)]),
        new("peers", "peer", [.. document.Peers.Select(Peer)]),
        new("services", "service", [.. document.Services.Select(Service)]),
        new("callers", "caller", [.. document.Callers.Select(Caller)]),
        new("grants", "grant", [.. document.Grants.Select(Grant)]),
    ];

    private static OutlineItem Link(LinkSpec link) => new FieldsBuilder(link.Name)
        .Add("role", SiteFormat.Roles.Of(link.Role))
        .Text("interface", link.Interface)
        .Add("vlan", link.Vlan == 0 ? null : Number(link.Vlan))
        .Add("socket", link.Socket == 0 ? null : Number(link.Socket))
        .Add("address", link.Address?.ToString())
        .Build();

    private static OutlineItem Fabric(FabricSpec fabric) => new FieldsBuilder(fabric.Name)
        .Text("kind", fabric.Kind)
        .Text("hub", fabric.Hub)
        .Text("authority", fabric.Authority)
        .Text("token", fabric.Token)
        .Text("gateway", fabric.Gateway.Length == 0 ? null : fabric.Gateway)
        .Build();

    private static OutlineItem Device(DeviceSpec device) => new FieldsBuilder(device.Name)
        .Text("id", device.Id.Length == 0 ? null : device.Id)
        .Labels(device.Labels)
        .Text("link", device.Link)
        .Add("mac", YamlText.Quoted(device.Mac.ToString()))
        .Add("address", device.Address.ToString())
        .Add("gateway", device.GatewayAddress?.ToString())
        .Add("segment", device.SegmentAddress?.ToString())
        .Text("fabric", device.Fabric.Length == 0 ? null : device.Fabric)
        .Add("enforcement", device.Enforcement == Enforcement.Enforce ? null : SiteFormat.Enforcements.Of(device.Enforcement))
        .Add("max-flows", device.MaxFlows == DeviceSpec.DefaultMaxFlows ? null : Number(device.MaxFlows))
        .Build();

    private static OutlineItem Peer(PeerSpec peer) => new FieldsBuilder(peer.Name)
        .Text("link", peer.Link)
        .Add("address", peer.Address.ToString())
        .Labels(peer.Labels)
        .Build();

    private static OutlineItem Service(ServiceSpec service) => new FieldsBuilder(service.Name)
        .Text("fabric", service.Fabric)
        .Text("remote", service.Remote == service.Name ? null : service.Remote)
        .Add("port", service.Port.ToString())
        .Add("address", service.Address?.ToString())
        .Build();

    private static OutlineItem Caller(CallerSpec caller) => new FieldsBuilder(caller.Name)
        .Text("fabric", caller.Fabric)
        .Text("id", caller.Id)
        .Text("group", caller.Group)
        .Build();

    private static OutlineItem Grant(GrantSpec grant) => new FieldsBuilder(grant.Name)
        .Add("from", End(grant.From))
        .Add("to", End(grant.To))
        .List("allow", [.. grant.Allow.Select(Allow)])
        .Text("comment", grant.Comment.Length == 0 ? null : grant.Comment)
        .Build();

    private static string End(Selector end)
    {
        var entries = new List<(string, string)>(2)
        {
            end.Kind == EntityKind.Gateway ? ("gateway", "true")
            : end.ByLabels ? (SelectorText.Kind(end.Kind) + "s", LabelMap(end.Labels))
            : (SelectorText.Kind(end.Kind), YamlText.Of(end.Name)),
        };
        if (end.As is { } address)
            entries.Add(("as", address.ToString()));
        return YamlText.Map(entries);
    }

    private static string Allow(AllowSpec allow)
    {
        var entries = new List<(string, string)>(4) { ("port", allow.Port.ToString()) };
        if (allow.Inspector != InspectorKind.None)
            entries.Add(("inspect", SiteFormat.Inspectors.Of(allow.Inspector)));
        if (allow.Operations is { } operations)
            entries.Add(("operations", YamlText.Of(operations.Canonical)));
        if (allow.Refuse != RefuseMode.Answer)
            entries.Add(("refuse", SiteFormat.Refusals.Of(allow.Refuse)));
        return YamlText.Map(entries);
    }

    private static string LabelMap(ImmutableSortedDictionary<string, string> labels) => YamlText.Map(labels
        .OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => (YamlText.Of(l.Key), YamlText.Of(l.Value))));

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private sealed class FieldsBuilder(string name)
    {
        private readonly ImmutableArray<OutlineField>.Builder _fields = ImmutableArray.CreateBuilder<OutlineField>();

        /// <summary>A value that is written as it is; null leaves the field out.</summary>
        public FieldsBuilder Add(string key, string? yaml)
        {
            if (yaml is not null)
                _fields.Add(new OutlineField(key, yaml, []));
            return this;
        }

        public FieldsBuilder Text(string key, string? text) => Add(key, text is null ? null : YamlText.Of(text));

        public FieldsBuilder Labels(ImmutableSortedDictionary<string, string> labels) =>
            Add("labels", labels.IsEmpty ? null : LabelMap(labels));

        public FieldsBuilder List(string key, ImmutableArray<string> items)
        {
            if (!items.IsEmpty)
                _fields.Add(new OutlineField(key, "", items));
            return this;
        }

        public OutlineItem Build() => new(name, _fields.ToImmutable());
    }
}
