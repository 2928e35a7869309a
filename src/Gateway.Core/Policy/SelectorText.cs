namespace Gateway.Core.Policy;

/// <summary>Selectors and allowed ports in the short form of pages, records and messages: <c>caller scada</c>, <c>tcp/502 modbus read</c>.</summary>
public static class SelectorText
{
    public static string Kind(EntityKind kind) => kind switch
    {
        EntityKind.Device => "device",
        EntityKind.Peer => "peer",
        EntityKind.Service => "service",
        EntityKind.Caller => "caller",
        _ => "gateway",
    };

    /// <summary><c>device plc-7</c>, <c>devices kind=plc, line=filler-2</c>, <c>gateway</c>; with <c> as 192.168.10.21</c> where given.</summary>
    public static string Of(Selector selector)
    {
        var who = selector.Kind == EntityKind.Gateway ? "gateway"
            : selector.ByLabels ? $"{Kind(selector.Kind)}s {LabelSet.Format(selector.Labels)}"
            : $"{Kind(selector.Kind)} {selector.Name}";
        return selector.As is { } address ? $"{who} as {address}" : who;
    }

    /// <summary><c>tcp/502 modbus read</c>, with <c> refuse reset</c> where it is not the default.</summary>
    public static string Of(AllowSpec allow)
    {
        if (allow.Inspector == InspectorKind.None)
            return allow.Port.ToString();
        var refuse = allow.Refuse == RefuseMode.Answer ? "" : $" refuse {SiteFormat.Refusals.Of(allow.Refuse)}";
        return $"{allow.Port} {SiteFormat.Inspectors.Of(allow.Inspector)} {allow.Operations?.Canonical}{refuse}";
    }
}
