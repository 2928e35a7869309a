using Gateway.Core.Operations;
using Gateway.Dataplane.Filter;
using Gateway.Dataplane.Inspectors;

namespace Gateway.Fuzz.Targets;

/// <summary>The bytes as a stream of requests, and then the same bytes as what the target sent.</summary>
internal static class ModbusInspectorTarget
{
    private static readonly ModbusInspector Inspector = new();
    private static readonly ConduitEntry[] Conduits = [new ConduitEntry { Rule = ModbusRule.Parse("read") }];
    private static readonly int[] Matched = [0];

    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        Span<byte> state = stackalloc byte[Inspector.StateBytes];
        state.Clear();
        Span<byte> answer = stackalloc byte[Inspector.MaxUnitBytes];
        var passed = 0;
        for (var left = data; TakeRequest(ref left, state, answer, out var passes);)
            passed += passes ? 1 : 0;
        var answered = 0;
        for (var left = data; TakeResponse(ref left, state, out var passes);)
            answered += passes ? 1 : 0;
        Promise.Keep(answered <= passed, "no answer passes without its request");
    }

    private static bool TakeRequest(ref ReadOnlySpan<byte> left, scoped Span<byte> state, scoped Span<byte> answer, out bool passes)
    {
        var judgement = Inspector.JudgeRequest(left, state, new OperationGrants(Conduits, Matched), answer);
        passes = judgement.Kind == JudgementKind.Pass;
        Promise.Keep(!passes || judgement is { Conduit: 0, Operation.Kind: not (OperationKind.Write or OperationKind.ReadWrite or OperationKind.Program) },
            "only what the rule allows passes");
        Promise.Keep(judgement.AnswerBytes <= answer.Length && judgement.AnswerBytes > 0 == (judgement.Kind == JudgementKind.Answer), "an answer has bytes");
        return Take(ref left, judgement);
    }

    private static bool TakeResponse(ref ReadOnlySpan<byte> left, scoped Span<byte> state, out bool passes)
    {
        var judgement = Inspector.JudgeResponse(left, state);
        passes = judgement.Kind == JudgementKind.Pass;
        Promise.Keep(judgement.Kind != JudgementKind.Answer, "nobody answers an answer");
        return Take(ref left, judgement);
    }

    /// <summary>False at the end of what can be judged.</summary>
    private static bool Take(ref ReadOnlySpan<byte> left, in Judgement judgement)
    {
        if (judgement.Kind is JudgementKind.NeedMore or JudgementKind.Reset)
        {
            Promise.Keep(judgement.Kind == JudgementKind.Reset || left.Length < Inspector.MaxUnitBytes, "the longest unit is always judged");
            return false;
        }
        Promise.Keep(judgement.ConsumedBytes > 0 && judgement.ConsumedBytes <= left.Length, "a verdict speaks of bytes that are there");
        left = left[judgement.ConsumedBytes..];
        return true;
    }
}
