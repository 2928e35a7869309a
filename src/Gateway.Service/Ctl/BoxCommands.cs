using System.CommandLine;
using System.Globalization;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Gateway.Core.Store.Views;
using Gateway.Service.Api;

namespace Gateway.Service.Ctl;

/// <summary>Commands about the box as a whole: its state, its log, and what happens now.</summary>
internal static class BoxCommands
{
    private const int DefaultLines = 50;
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    public static string[] LogHead { get; } = ["NO", "TIME", "SEVERITY", "KIND", "WHO", "DEVICE", "VALUES"];

    public static Command Status() => new Command("status", "Show processes, journal, policy, fabrics and counters of the links").Does(async (_, call) =>
    {
        var (status, json) = await call.Client.GetAsync("status", ApiJson.Default.StatusView, call.Cancel).ConfigureAwait(false);
        if (call.Output.IsJson)
        {
            call.Output.Json(json);
            return ExitCodes.Done;
        }
        call.Output.Pairs(
            ("version", status.Version), ("dataplane", status.Dataplane), ("policy", $"{status.PolicyVersion} {status.PolicyHash}".TrimEnd()),
            ("journal", $"{status.Journal}, record {Number(status.JournalHead)} {status.JournalHash}"));
        if (status.Fabrics.Count > 0)
        {
            call.Output.Line("");
            call.Output.Table(["FABRIC", "KIND", "STATE", "SINCE", "REASON"], status.Fabrics.Select(f => (string[])[f.Name, f.Kind, f.State, CtlOutput.Time(f.Since), f.Reason]));
        }
        if (status.Links.Count == 0)
            return ExitCodes.Done;
        call.Output.Line("");
        call.Output.Table(["LINK", "UP", "IN", "OUT", "LOST", "REFUSED"], status.Links.Select(l => (string[])
        [
            l.Link, l.Up ? "yes" : "no", l.FramesIn.ToString(CultureInfo.InvariantCulture), l.FramesOut.ToString(CultureInfo.InvariantCulture),
            l.RingLosses.ToString(CultureInfo.InvariantCulture), string.Join(" ", l.Drops.Select(d => $"{d.Key}={d.Value}")),
        ]));
        return ExitCodes.Done;
    });

    public static Command Log()
    {
        var device = new Option<string?>("--device") { Description = "Only lines of this device", HelpName = "ID|NAME" };
        var kind = new Option<string?>("--kind") { Description = "Only lines of this kind (docs/log.md)", HelpName = "KIND" };
        var actor = new Option<string?>("--actor") { Description = "Only what this one did", HelpName = "NAME" };
        var severity = new Option<string?>("--severity") { Description = "Only info, notice or alarm" };
        severity.AcceptOnlyFromAmong("info", "notice", "alarm");
        var limit = new Option<int>("--limit", "-n") { Description = $"Lines, 1 to {LogQuery.MaxPageSize}", HelpName = "N", DefaultValueFactory = _ => DefaultLines };
        return new Command("log", "Show the log, newest line last") { device, kind, actor, severity, limit }.Does(async (parsed, call) =>
        {
            var id = parsed.GetValue(device) is { } name ? (await call.DeviceAsync(name).ConfigureAwait(false)).Id : null;
            var query = Query(("device", id), ("kind", parsed.GetValue(kind)), ("actor", parsed.GetValue(actor)), ("severity", parsed.GetValue(severity)), ("limit", Number(parsed.GetValue(limit))));
            await PrintAsync(call, query).ConfigureAwait(false);
            return ExitCodes.Done;
        });
    }

    public static Command Events()
    {
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with what happens from now on, until interrupted; over restarts of the service without a gap" };
        var after = new Option<long?>("--after") { Description = "Begin after this line of the log", HelpName = "NO" };
        return new Command("events", "Show what happens: the last lines of the log, or with --follow each as it comes (with -o json one object a line)") { follow, after }.Does(async (parsed, call) =>
        {
            if (parsed.GetValue(follow))
                await FollowAsync(call, parsed.GetValue(after)).ConfigureAwait(false);
            else
                await PrintAsync(call, Query(("limit", "20"))).ConfigureAwait(false);
            return ExitCodes.Done;
        });
    }

    private static async Task PrintAsync(CtlCall call, string query)
    {
        var (page, json) = await call.Client.GetAsync($"log{query}", ApiJson.Default.LogPage, call.Cancel).ConfigureAwait(false);
        if (call.Output.IsJson)
            call.Output.Json(json);
        else
            call.Output.Table(LogHead, page.Entries.Reverse().Select(CtlOutput.Row));
    }

    private static async Task FollowAsync(CtlCall call, long? after)
    {
        var wasThere = false;
        while (true)
        {
            try
            {
                using var answer = await call.Client.OpenAsync(
                    HttpMethod.Get, "events?topics=log", null, null, HttpCompletionOption.ResponseHeadersRead, call.Cancel, after).ConfigureAwait(false);
                wasThere = true;
                await using var stream = await answer.Content.ReadAsStreamAsync(call.Cancel).ConfigureAwait(false);
                await foreach (var item in SseParser.Create(stream).EnumerateAsync(call.Cancel).ConfigureAwait(false))
                {
                    var line = JsonSerializer.Deserialize(item.Data, ApiJson.Default.LogEntryView)!;
                    after = line.Sequence;
                    if (call.Output.IsJson)
                        call.Output.Raw(item.Data + "\n");
                    else
                        call.Output.Line(string.Join("  ", CtlOutput.Row(line)));
                }
            }
            catch (Exception e) when (wasThere && (e is HttpRequestException or IOException or CtlException { Code: ExitCodes.NotReachable }))
            {
                // The service restarts; what is missed meanwhile comes after.
            }
            await Task.Delay(RetryPause, call.Cancel).ConfigureAwait(false);
        }
    }

    private static string Query(params (string Name, string? Value)[] parts)
    {
        var given = parts.Where(p => p.Value is not null).Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value!)}");
        return "?" + string.Join("&", given);
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
