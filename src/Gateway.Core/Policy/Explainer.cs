using Gateway.Core.Policy.Explaining;

namespace Gateway.Core.Policy;

/// <summary>Says whether something would be allowed, by which grant, and if not what comes near. A pure function over what the dataplane
/// enforces, so that it cannot promise anything else.</summary>
public static class Explainer
{
    /// <summary>Most near misses told; more are noise.</summary>
    public const int MaxNear = 8;

    /// <param name="policy">The policy in force, or one to try.</param>
    /// <param name="document">The document it came from, for labels and comments; null when there is none.</param>
    /// <param name="query">The question.</param>
    public static Explanation Explain(CompiledPolicy policy, SiteDocument? document, ExplainQuery query)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(query);
        var names = new PolicyNames(policy);
        return names.Missing(query) ?? new Answer(policy, document, names, query).Find();
    }
}
