using System.Collections.Immutable;
using Gateway.Core.Api;
using Gateway.Core.Policy;
using Gateway.Core.State;
using Gateway.Service.Devices;
using Gateway.Service.State;

namespace Gateway.Service.Policy;

/// <summary>The policy is another one than the writer of a document had before him.</summary>
internal sealed class PolicyChangedException() : Exception("the policy has changed since you read it; read it again");

/// <summary>The policy as a document: exported, checked, applied, explained. Pages and documents never disagree, because both are the
/// same state.</summary>
internal sealed class PolicyDocuments(
    StateStore state, SiteContext site, DeviceDecisions decisions, DeviceDiscovery discovery, Records.RecordLog log, TimeProvider time)
{
    /// <summary>Characters of the changes that stand in the log; the whole is in the document.</summary>
    private const int MaxChangesLength = 500;

    /// <summary>Hash of the policy as decided, without what waits for approval: changes when something is decided.</summary>
    public string Hash => HashOf(Current);

    private SiteDocument Current => SiteProjection.Export(state.Current, site.Document);

    public string Export() => SiteWriter.Write(Current);

    public PolicyResult Check(string yaml)
    {
        var (result, _) = Read(yaml);
        return result;
    }

    /// <summary>Applies a document. Devices keep their bindings: those are approved one by one.</summary>
    /// <param name="yaml">The document.</param>
    /// <param name="expected">Hash of the policy it was made from; empty for any.</param>
    /// <param name="by">Who.</param>
    /// <exception cref="PolicyChangedException">Something else was decided since.</exception>
    public async Task<PolicyResult> ApplyAsync(string yaml, string expected, string by)
    {
        var (result, document) = Read(yaml);
        if (document is null)
            return result;
        // Compared where nothing can be decided in between.
        await decisions.ApplyAsync(now => expected.Length > 0 && expected != HashOf(SiteProjection.Export(now, site.Document)) ? throw new PolicyChangedException() : new PolicyReplaced(
            time.GetUtcNow(), by, document.Devices.ToImmutableSortedDictionary(d => d.Name, d => d.Labels), document.Peers, document.Services,
            document.Callers, document.Grants)).ConfigureAwait(false);
        log.Add(LogKinds.PolicyApplied, LogSeverities.Notice, by, values: new Dictionary<string, string>
        {
            ["changes"] = Shorten(string.Join("; ", result.Changes)), ["hash"] = result.Hash,
        });
        return result;
    }

    public ExplainView Explain(ExplainRequest request)
    {
        if (!ExplainQuery.TryParse(request.From, request.To, request.Port, request.Operation, out var query, out var error))
            throw RefusedException.Input(FieldOf(request), ValueOf(request), error);
        var document = SiteProjection.Enforced(state.Current, site.Document, discovery.AddressOf, ImmutableHashSet<string>.Empty);
        var policy = PolicyCompiler.Compile(document).Policy ?? throw RefusedException.Conflict("the policy in force does not compile; see the log");
        var explanation = Explainer.Explain(policy, document, query!);
        return new ExplainView(
            explanation.Allowed, explanation.Grant, explanation.Sentence, [.. explanation.Near.Select(n => $"{n.Grant}: {n.Difference}")]);
    }

    private static string Shorten(string changes) => changes.Length <= MaxChangesLength ? changes : changes[..MaxChangesLength] + " ...";

    /// <summary>The first field of a question that cannot be read alone.</summary>
    private static string FieldOf(ExplainRequest request) =>
        !EntityName.TryParse(request.From, out var from) || from.Kind == EntityKind.Service ? "from"
        : !EntityName.TryParse(request.To, out var to) || to.Kind is EntityKind.Caller or EntityKind.Gateway ? "to"
        : !Core.Net.ServicePort.TryParse(request.Port, out _) ? "port"
        : "operation";

    private static string ValueOf(ExplainRequest request) => FieldOf(request) switch
    {
        "from" => request.From,
        "to" => request.To,
        "port" => request.Port,
        _ => request.Operation ?? "",
    };

    private static string HashOf(SiteDocument document) =>
        PolicyCompiler.Compile(document).Policy is { } policy ? PolicyBlob.Hash(PolicyBlob.Write(policy)) : "";

    /// <summary>Reads a document against the present one: links, fabrics and bindings must be those of this box.</summary>
    private (PolicyResult Result, SiteDocument? Document) Read(string yaml)
    {
        var read = SiteReader.Read(yaml);
        if (!read.Valid)
            return (new PolicyResult(false, [.. read.Errors.Select(e => new PolicyErrorView(e.Line, e.Field, e.Value, e.Message))], [], ""), null);
        var current = Current;
        var next = current with
        {
            Devices = [.. current.Devices.Select(d => read.Document.Devices.FirstOrDefault(n => n.Name == d.Name) is { } named ? d with { Labels = named.Labels } : d)],
            Peers = read.Document.Peers,
            Services = read.Document.Services,
            Callers = read.Document.Callers,
            Grants = read.Document.Grants,
        };
        var strangers = read.Document.Devices.Where(d => current.Devices.All(known => known.Name != d.Name)).ToList();
        if (strangers.Count > 0)
        {
            var errors = strangers.Select(d => new PolicyErrorView(d.At.Line, "devices", d.Name, $"{d.Name} is not approved on this box; approve it first, then name it in grants"));
            return (new PolicyResult(false, [.. errors], [], ""), null);
        }
        var compiled = PolicyCompiler.Compile(next);
        return compiled.Valid
            ? (new PolicyResult(true, [], SiteDiff.Compare(current, next), PolicyBlob.Hash(PolicyBlob.Write(compiled.Policy))), next)
            : (new PolicyResult(false, [.. compiled.Errors.Select(e => new PolicyErrorView(e.Line, e.Field, e.Value, e.Message))], [], ""), null);
    }
}
