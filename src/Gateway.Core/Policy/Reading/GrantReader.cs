using System.Collections.Immutable;
using Gateway.Core.Net;
using Gateway.Core.Operations;
using Gateway.Core.Policy.Yaml;

namespace Gateway.Core.Policy.Reading;

/// <summary>Reads grants: who, whom, and what is allowed.</summary>
internal sealed class GrantReader(Report report)
{
    private static readonly string[] Ends = ["device", "devices", "peer", "peers", "caller", "service", "gateway"];

    public GrantSpec Grant(YamlValue value, string path)
    {
        var fields = FieldReader.Open(value, SiteFormat.Grant, path, report);
        return new GrantSpec(
            fields.Text("name"),
            End(fields, "from", SiteFormat.From, "from: { caller: scada }"),
            End(fields, "to", SiteFormat.To, "to: { device: plc-7 }"),
            fields.List("allow", PolicyLimits.MaxAllows, Allow),
            fields.Text("comment"),
            fields.At);
    }

    private Selector End(FieldReader grant, string key, SiteForm form, string example)
    {
        switch (grant.Find(key))
        {
            case null:
                return new Selector(EntityKind.Device, "", LabelSet.None, null, grant.At);
            case YamlMap map when RefusedAsWrongEnd(map, grant.Path(key), form):
                return new Selector(EntityKind.Device, "", LabelSet.None, null, grant.At);
            case YamlMap map:
                return Selector(FieldReader.Open(map, form, grant.Path(key), report), form, example);
            case var other:
                grant.Wrong(key, (other as YamlScalar)?.Text ?? "", $"this names one kind and who, for example {example}");
                return new Selector(EntityKind.Device, "", LabelSet.None, null, grant.At);
        }
    }

    private Selector Selector(FieldReader fields, SiteForm form, string example)
    {
        var ends = Ends.Where(e => form.Keys.Contains(e) && fields.Has(e)).ToArray();
        var address = fields.Optional<Ipv4Address>("as", Ipv4Address.TryParse, EntityReader.AnAddress);
        if (ends.Length != 1)
        {
            var message = ends.Length == 0
                ? $"nobody is named; write one of {string.Join(", ", Ends.Where(e => form.Keys.Contains(e)))}, for example {example}"
                : $"{string.Join(" and ", ends)} stand together; a grant has one of them, write a second grant for the other";
            report.Error(fields.At, fields.Here, "", message);
            return new Selector(EntityKind.Device, "", LabelSet.None, address, fields.At);
        }
        var end = ends[0];
        return end switch
        {
            "devices" => new Selector(EntityKind.Device, "", SelectorLabels(fields, end), address, fields.At),
            "peers" => new Selector(EntityKind.Peer, "", SelectorLabels(fields, end), address, fields.At),
            "gateway" => new Selector(EntityKind.Gateway, Itself(fields), LabelSet.None, address, fields.At),
            "device" => new Selector(EntityKind.Device, fields.Text(end), LabelSet.None, address, fields.At),
            "peer" => new Selector(EntityKind.Peer, fields.Text(end), LabelSet.None, address, fields.At),
            "caller" => new Selector(EntityKind.Caller, fields.Text(end), LabelSet.None, address, fields.At),
            _ => new Selector(EntityKind.Service, fields.Text(end), LabelSet.None, address, fields.At),
        };
    }

    private static ImmutableSortedDictionary<string, string> SelectorLabels(FieldReader fields, string key)
    {
        if (fields.Find(key) is YamlScalar name)
            fields.Wrong(key, name.Text, $"'{key}' selects by labels, for example {{ kind: plc }}; to name one write {key[..^1]}: {name.Text}");
        return fields.Labels(key);
    }

    private static string Itself(FieldReader fields)
    {
        if (fields.Text("gateway") is not ("true" or ""))
            fields.Wrong("gateway", fields.Text("gateway"), "the gateway itself is written gateway: true");
        return "";
    }

    /// <summary>A caller as target or a service as source are keys of the other side: more is to be said than that the key is unknown.</summary>
    private bool RefusedAsWrongEnd(YamlMap map, string path, SiteForm form)
    {
        if (map.Entries.Find(e => Ends.Contains(e.Key) && !form.Keys.Contains(e.Key)) is not { } entry)
            return false;
        report.Error(entry.Line, $"{path}.{entry.Key}", (entry.Value as YamlScalar)?.Text ?? "", entry.Key switch
        {
            "caller" => "a caller opens flows and is never reached; name it in 'from'",
            "service" => "a service is reached and never opens flows; name it in 'to'",
            _ => "nobody reaches the gateway itself; only its own questions to a device are granted, in 'from'",
        });
        report.MarkWrong(path);
        return true;
    }

    private AllowSpec Allow(YamlValue value, string path)
    {
        var fields = FieldReader.Open(value, SiteFormat.Allow, path, report);
        var inspector = fields.Word("inspect", SiteFormat.Inspectors, InspectorKind.None);
        return new AllowSpec(
            fields.Optional<ServicePort>("port", ServicePort.TryParse, EntityReader.APort) ?? default,
            inspector,
            Operations(fields, inspector),
            Refuse(fields),
            fields.At);
    }

    private static ModbusRule? Operations(FieldReader fields, InspectorKind inspector)
    {
        var text = fields.OptionalText("operations");
        if (text is null)
        {
            if (inspector != InspectorKind.None && !fields.Has("operations"))
                fields.Wrong("operations", "", "an inspector without operations would let nothing pass; write for example operations: read");
            return null;
        }
        if (!fields.Has("inspect"))
            fields.Wrong("operations", text, "nothing reads the operations without an inspector; add inspect: modbus");
        if (ModbusRule.TryParse(text, out var rule, out var error))
            return rule;
        fields.Wrong("operations", text, error);
        return null;
    }

    private static RefuseMode Refuse(FieldReader fields)
    {
        if (fields.Has("refuse") && !fields.Has("inspect"))
            fields.Wrong("refuse", fields.Text("refuse"),
                "without an inspector no operation is refused; add inspect: modbus or remove 'refuse'");
        return fields.Word("refuse", SiteFormat.Refusals, RefuseMode.Answer);
    }
}
