namespace Gateway.Core.Discovery.Rules;

/// <summary>It announces a service of the table.</summary>
internal sealed class AnnouncedServiceRule(KindTable table) : IKindRule
{
    public string Key => ReasonKeys.AnnouncesService;

    public IEnumerable<Clue> Look(Fingerprint seen) =>
        from evidence in seen.All(EvidenceAttribute.Service)
        from entry in table[Key]
        where entry.Words[0].Equals(evidence.Value, StringComparison.OrdinalIgnoreCase)
        select new Clue(entry.Kind, entry.Points, evidence.Value);
}

/// <summary>It tries to reach a port of the table. Cyclic machines try again and again; what was seen once says half as much.</summary>
internal sealed class DialsRule(KindTable table) : IKindRule
{
    /// <summary>Observations from which it is no chance any more. The dataplane tells of the same try every 30 s at most, however often it
    /// comes: two already say that it goes on trying. To wait for more would leave a new machine guessed by its maker for a minute.</summary>
    private const int Repeatedly = 2;

    public string Key => ReasonKeys.Dials;

    public IEnumerable<Clue> Look(Fingerprint seen) =>
        from dial in seen.All(EvidenceAttribute.Dials)
        let port = dial.Value.Split(' ')[0]
        group dial by port into dials
        from entry in table[Key]
        where entry.Words[0] == dials.Key
        let points = dials.Sum(d => d.Count) >= Repeatedly ? entry.Points : (entry.Points + 1) / 2
        select new Clue(entry.Kind, points, dials.Key);
}

/// <summary>By LLDP it says that it carries other people's traffic: then it is part of the network and no machine.</summary>
internal sealed class LldpCapabilitiesRule(KindTable table) : IKindRule
{
    public string Key => ReasonKeys.LldpCapabilities;

    public IEnumerable<Clue> Look(Fingerprint seen) => WordSearch.Inside(seen, EvidenceAttribute.Capabilities, table[Key]);
}
