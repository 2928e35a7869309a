using System.Collections.Immutable;
using Gateway.Core.Net;
using Gateway.Core.Operations;

namespace Gateway.Core.Policy;

/// <summary>Someone or something by kind and name: <c>device plc-7</c>, <c>caller scada</c>, <c>gateway</c>.</summary>
public readonly record struct EntityName(EntityKind Kind, string Name)
{
    /// <summary>Reads a kind and a name with a space between; the gateway itself has no name.</summary>
    public static bool TryParse(string? text, out EntityName entity)
    {
        entity = default;
        if (text is null)
            return false;
        if (text.Trim() == "gateway")
        {
            entity = new EntityName(EntityKind.Gateway, "");
            return true;
        }
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        EntityKind? kind = words.Length != 2 ? null : words[0] switch
        {
            "device" => EntityKind.Device,
            "peer" => EntityKind.Peer,
            "service" => EntityKind.Service,
            "caller" => EntityKind.Caller,
            _ => null,
        };
        if (kind is null)
            return false;
        entity = new EntityName(kind.Value, words[1]);
        return true;
    }

    public override string ToString() => Kind == EntityKind.Gateway ? "the gateway" : $"{SelectorText.Kind(Kind)} {Name}";
}

/// <summary>A question: may this one open a flow to that one, and do this in it?</summary>
/// <param name="From">Who asks. One, or all caller entries that one caller matches.</param>
/// <param name="To">Whom it would reach.</param>
/// <param name="Port">Transport and port; of a range every port is meant.</param>
/// <param name="Operation">What it would do there; null for the flow alone.</param>
public sealed record ExplainQuery(ImmutableArray<EntityName> From, EntityName To, ServicePort Port, Operation? Operation)
{
    /// <summary>Reads the four texts of a question as the command line and the API take them.</summary>
    /// <param name="from">Such as <c>caller scada</c>.</param>
    /// <param name="to">Such as <c>device plc-7</c>.</param>
    /// <param name="port">Such as <c>tcp/502</c>.</param>
    /// <param name="operation">Such as <c>modbus 3|0-9</c>; null or empty for none.</param>
    /// <param name="query">The question, when the result is true.</param>
    /// <param name="error">What is wrong and what would be right, when the result is false.</param>
    public static bool TryParse(string? from, string? to, string? port, string? operation, out ExplainQuery? query, out string error)
    {
        query = null;
        error = "";
        Operation? what = null;
        if (!EntityName.TryParse(from, out var source) || source.Kind == EntityKind.Service)
            error = $"'{from}' cannot open a flow; write device, peer or caller with a name, for example 'caller scada', or 'gateway'";
        else if (!EntityName.TryParse(to, out var target) || target.Kind is EntityKind.Caller or EntityKind.Gateway)
            error = $"'{to}' cannot be reached; write device, peer or service with a name, for example 'device plc-7'";
        else if (!ServicePort.TryParse(port, out var service))
            error = $"'{port}' is no transport and port; write for example tcp/502";
        else if (TryOperation(operation, ref what, out error))
            query = new ExplainQuery([source], target, service, what);
        return query is not null;
    }

    private static bool TryOperation(string? text, ref Operation? operation, out string error)
    {
        error = "";
        if (string.IsNullOrWhiteSpace(text))
            return true;
        if (!OperationText.TryParse(text, out var parsed, out error))
            return false;
        operation = parsed;
        return true;
    }
}

/// <param name="Allowed">The answer.</param>
/// <param name="Grant">Grant that allows it; empty when none does.</param>
/// <param name="Reason">Reason the dataplane would count; null when allowed.</param>
/// <param name="Sentence">The answer in a sentence.</param>
/// <param name="Near">What comes near, nearest first, at most <see cref="Explainer.MaxNear"/>; empty when allowed.</param>
public sealed record Explanation(bool Allowed, string Grant, DropReason? Reason, string Sentence, ImmutableArray<NearMiss> Near);

/// <param name="Grant">Name of the grant.</param>
/// <param name="Difference">What differs from the question, as a sentence.</param>
public sealed record NearMiss(string Grant, string Difference);
