namespace Gateway.Core.Policy.Compiling;

/// <summary>A conduit with where in the document it comes from.</summary>
/// <param name="Conduit">The conduit, with ranks for indexes.</param>
/// <param name="GrantPlace">Place of its grant in the document's list.</param>
internal readonly record struct Draft(Conduit Conduit, int GrantPlace)
{
    /// <summary>The order of a compiled policy: by source, address, transport and first port, then everything else, so that it is total.</summary>
    public static int Order(Draft left, Draft right)
    {
        var (a, b) = (left.Conduit, right.Conduit);
        var order = CompareFlow(a, b);
        if (order == 0)
            order = CompareEntity(a.To, b.To);
        if (order == 0)
            order = a.Port.Ports.Last.CompareTo(b.Port.Ports.Last);
        if (order == 0)
            order = a.Grant.CompareTo(b.Grant);
        if (order == 0)
            order = a.Inspector.CompareTo(b.Inspector);
        if (order == 0)
            order = string.CompareOrdinal(a.Operations?.Canonical, b.Operations?.Canonical);
        return order != 0 ? order : a.Refuse.CompareTo(b.Refuse);
    }

    /// <summary>By source, address, transport and first port.</summary>
    public static int CompareFlow(Conduit a, Conduit b)
    {
        var order = CompareEntity(a.From, b.From);
        if (order == 0)
            order = a.SeenAt.CompareTo(b.SeenAt);
        if (order == 0)
            order = a.Port.Transport.CompareTo(b.Port.Transport);
        return order != 0 ? order : a.Port.Ports.First.CompareTo(b.Port.Ports.First);
    }

    /// <summary>By source, target, transport and first port.</summary>
    public static int ComparePair(Conduit a, Conduit b)
    {
        var order = CompareEntity(a.From, b.From);
        if (order == 0)
            order = CompareEntity(a.To, b.To);
        if (order == 0)
            order = a.Port.Transport.CompareTo(b.Port.Transport);
        return order != 0 ? order : a.Port.Ports.First.CompareTo(b.Port.Ports.First);
    }

    private static int CompareEntity(EntityRef a, EntityRef b)
    {
        var order = a.Kind.CompareTo(b.Kind);
        return order != 0 ? order : a.Index.CompareTo(b.Index);
    }
}
