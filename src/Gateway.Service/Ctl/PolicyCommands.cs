using System.CommandLine;
using Gateway.Core.Api;
using Gateway.Service.Api;

namespace Gateway.Service.Ctl;

/// <summary>Commands about the policy as a document.</summary>
internal static class PolicyCommands
{
    private const string StandardInput = "-";

    public static Command Build() => new("policy", "The policy as one document (docs/policy.md)") { Check(), Apply(), Explain(), Show() };

    private static Command Check()
    {
        var file = File();
        return new Command("check", "Say what is wrong with a document, or what it would change; changes nothing") { file }.Does(async (parsed, call) =>
        {
            var request = new PolicyRequest(await ReadAsync(parsed.GetRequiredValue(file), call.Cancel).ConfigureAwait(false));
            var (result, json) = await call.Client.SendAsync(
                HttpMethod.Post, "policy/check", CtlClient.Body(request, ApiJson.Default.PolicyRequest), ApiJson.Default.PolicyResult, call.Cancel).ConfigureAwait(false);
            Print(call.Output, result, json, "would change");
            return result.Valid ? ExitCodes.Done : ExitCodes.Refused;
        });
    }

    private static Command Apply()
    {
        var file = File();
        var expect = new Option<string?>("--expect") { Description = "Apply only if the policy still has this hash, as 'policy show' told it", HelpName = "HASH" };
        return new Command("apply", "Put peers, services, callers, grants and labels of a document in the place of the present ones; bindings stay") { file, expect }
            .Does(async (parsed, call) =>
            {
                var request = new PolicyRequest(await ReadAsync(parsed.GetRequiredValue(file), call.Cancel).ConfigureAwait(false));
                var json = await call.Client.TextAsync(
                    HttpMethod.Put, "policy", CtlClient.Body(request, ApiJson.Default.PolicyRequest), parsed.GetValue(expect), call.Cancel).ConfigureAwait(false);
                Print(call.Output, System.Text.Json.JsonSerializer.Deserialize(json, ApiJson.Default.PolicyResult)!, json, "changed");
                return ExitCodes.Done;
            });
    }

    private static Command Explain()
    {
        var from = new Argument<string>("FROM") { Description = "Who, in quotes: 'caller scada', 'device plc-7', 'peer recorder'" };
        var to = new Argument<string>("TO") { Description = "Whom: 'device plc-7', 'service historian', 'peer recorder'" };
        var port = new Argument<string>("PORT") { Description = "Transport and port: tcp/502" };
        var operation = new Argument<string?>("OPERATION") { Description = "What inside: 'modbus 3|0-9'", Arity = ArgumentArity.ZeroOrOne };
        return new Command("explain", "Would this be allowed, by which grant, or why not; 1 when it would be refused") { from, to, port, operation }.Does(async (parsed, call) =>
        {
            var request = new ExplainRequest(parsed.GetRequiredValue(from), parsed.GetRequiredValue(to), parsed.GetRequiredValue(port), parsed.GetValue(operation));
            var (answer, json) = await call.Client.SendAsync(
                HttpMethod.Post, "policy/explain", CtlClient.Body(request, ApiJson.Default.ExplainRequest), ApiJson.Default.ExplainView, call.Cancel).ConfigureAwait(false);
            if (call.Output.IsJson)
            {
                call.Output.Json(json);
                return answer.Allowed ? ExitCodes.Done : ExitCodes.Refused;
            }
            call.Output.Line($"{(answer.Allowed ? "allowed" : "refused")}: {answer.Reason}");
            foreach (var near in answer.Near)
                call.Output.Line($"  near: {near}");
            return answer.Allowed ? ExitCodes.Done : ExitCodes.Refused;
        });
    }

    private static Command Show() => new Command("show", "Print the policy as decided, as one document; its hash goes to standard error").Does(async (_, call) =>
    {
        using var answer = await call.Client.OpenAsync(HttpMethod.Get, "policy", null, null, HttpCompletionOption.ResponseContentRead, call.Cancel).ConfigureAwait(false);
        var document = await answer.Content.ReadAsStringAsync(call.Cancel).ConfigureAwait(false);
        var hash = answer.Headers.ETag?.Tag.Trim('"') ?? "";
        if (call.Output.IsJson)
        {
            call.Output.Json(System.Text.Json.JsonSerializer.Serialize(new Dictionary<string, string> { ["hash"] = hash, ["document"] = document }));
            return ExitCodes.Done;
        }
        call.Output.Raw(document);
        call.Output.Note($"hash {hash}");
        return ExitCodes.Done;
    });

    private static Argument<string> File() => new("FILE") { Description = "Document in YAML; - reads standard input" };

    private static async Task<string> ReadAsync(string file, CancellationToken cancel)
    {
        try
        {
            return file == StandardInput
                ? await Console.In.ReadToEndAsync(cancel).ConfigureAwait(false)
                : await System.IO.File.ReadAllTextAsync(file, cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CtlException(ExitCodes.WrongUse, $"FILE '{file}' cannot be read: {e.Message}");
        }
    }

    private static void Print(CtlOutput output, PolicyResult result, string json, string what)
    {
        if (output.IsJson)
        {
            output.Json(json);
            return;
        }
        if (result.Errors.Count > 0)
            output.Table(["LINE", "FIELD", "VALUE", "WHAT IS WRONG"], result.Errors.Select(e => (string[])[e.Line.ToString(System.Globalization.CultureInfo.InvariantCulture), e.Field, e.Value, e.Message]));
        if (!result.Valid)
            return;
        foreach (var change in result.Changes)
            output.Line(change);
        output.Note(result.Changes.Count == 0 ? "nothing differs" : $"{result.Changes.Count} lines {what}; hash {result.Hash}");
    }
}
