using Gateway.Core.Api;

namespace Gateway.WebUi.Wording;

/// <summary>Partners, ports and operations in the words of the people at the machine; the technical term follows in brackets.</summary>
internal static class GrantWords
{
    /// <summary>Stands before the address at which a device sees a target.</summary>
    private const string SeenAt = " as ";

    /// <summary>Short form of a selector, <c>caller scada</c> or <c>service historian as 10.20.0.30</c>: the word for its kind is
    /// translated, name and address are not.</summary>
    public static string Partner(Texts T, string selector)
    {
        var at = selector.IndexOf(SeenAt, StringComparison.Ordinal);
        if (at > 0)
            return $"{Partner(T, selector[..at])} · {selector[(at + SeenAt.Length)..]}";
        var space = selector.IndexOf(' ', StringComparison.Ordinal);
        var kind = space < 0 ? selector : selector[..space];
        return space > 0 && T.Knows("entity", kind) ? T.Pick("entity", kind, selector[(space + 1)..]) : selector;
    }

    /// <summary>The other side of a grant, seen from the device.</summary>
    public static string Partner(Texts T, GrantView grant) => Partner(T, grant.Direction == "out" ? grant.To : grant.From);

    public static string Partner(Texts T, ProposalView proposal) => Partner(T, proposal.Direction == "out" ? proposal.To : proposal.From);

    /// <summary>What for, from the short form <c>tcp/502 modbus read</c>. A service takes what devices send to it.</summary>
    public static string Allowed(Texts T, GrantView grant, string allow) => grant.To.StartsWith("service ", StringComparison.Ordinal)
        ? T.Pick("what", ProposalPurposes.Send, Port(T, allow))
        : Allowed(T, allow);

    public static string Allowed(Texts T, string allow)
    {
        var parts = allow.Split(' ', 2, StringSplitOptions.TrimEntries);
        if (parts.Length < 2)
            return T.Pick("what", T.Knows("what", PortKey(allow)) ? PortKey(allow) : ProposalPurposes.Reach, Port(T, allow));
        var key = parts[1].Replace(' ', '-');
        return T.Knows("what", key) ? T.Pick("what", key, Port(T, parts[0])) : T.Pick("what", "other", Port(T, allow));
    }

    /// <summary>What is only a port says more by the port than by its purpose.</summary>
    public static string Allowed(Texts T, ProposalView proposal) => proposal.What != ProposalPurposes.Reach && T.Knows("what", proposal.What)
        ? T.Pick("what", proposal.What, Port(T, proposal.Port))
        : Allowed(T, $"{proposal.Port} {proposal.Operations}".Trim());

    /// <summary>"TCP port 502" for <c>tcp/502</c>.</summary>
    public static string Port(Texts T, string port)
    {
        var slash = port.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 ? T["what.port", port[..slash].ToUpperInvariant(), port[(slash + 1)..]] : port;
    }

    private static string PortKey(string port) => port.Replace('/', '-');
}
