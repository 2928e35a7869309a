using System.Globalization;
using System.Text;
using Gateway.Core.Policy;

namespace Gateway.Dataplane.Tests.Evasion;

/// <summary>docs/evasion.md and the rows say the same.</summary>
public sealed class EvasionDocTests
{
    private const string Renew = "GATEWAY_RENEW";
    private const string Begin = "<!-- rows: written by EvasionDocTests, not by hand -->";

    [Fact]
    public void The_document_shows_the_rows_as_they_are()
    {
        var path = Path.Combine(Need.ProjectRoot(), "docs", "evasion.md");
        var text = File.ReadAllText(path);
        var start = text.IndexOf(Begin, StringComparison.Ordinal);
        Assert.True(start > 0, $"docs/evasion.md has lost its mark: {Begin}");
        var wanted = text[..start] + Begin + "\n\n" + Tables();
        if (Environment.GetEnvironmentVariable(Renew) == "1")
            File.WriteAllText(path, wanted);
        Assert.True(File.ReadAllText(path) == wanted, $"docs/evasion.md is not what the rows say; if the change is meant, run this test with {Renew}=1 and commit the file");
    }

    private static string Tables()
    {
        var text = new StringBuilder();
        Table(text, "The 125 cases", EvasionList.Numbered);
        Table(text, "Beyond the 125", EvasionList.Added);
        Table(text, "From the peer", EvasionList.FromPeer.Where(c => !c.Number.EndsWith('p')));
        text.Append("A case with a twin from the peer has the same number with a p; ").Append(EvasionList.FromPeer.Count(c => c.Number.EndsWith('p')))
            .Append(" have one. Where the uplink refuses for another reason:\n\n| # | Reason |\n|---|---|\n");
        foreach (var (number, reason) in PeerCases.OtherReasons.OrderBy(r => int.Parse(r.Key, CultureInfo.InvariantCulture)))
            text.Append(CultureInfo.InvariantCulture, $"| {number}p | {reason} |\n");
        text.Append("\n## With the kernel forwarding\n\nA flow whose grant asks for no inspection may be handed to the kernel. Every row of a tracked flow holds there too, but for these:\n\n"
            + "| # | What passes | Why nothing is lost |\n|---|---|---|\n");
        foreach (var row in EvasionList.Runs.Select(r => r.Case).Distinct().Where(c => OffloadedRows.Passes.ContainsKey(c.Number)))
            text.Append(CultureInfo.InvariantCulture, $"| {row.Number} | {row.Name} | {OffloadedRows.Passes[row.Number]} |\n");
        text.Append("\n## Rules that no row can miss\n\n| Rule | Why |\n|---|---|\n");
        foreach (var (rule, why) in Explained.Survivors.OrderBy(s => s.Key, StringComparer.Ordinal))
            text.Append(CultureInfo.InvariantCulture, $"| `{rule.Replace("|", "\\|", StringComparison.Ordinal)}` | {why} |\n");
        return text.ToString();
    }

    private static void Table(StringBuilder text, string title, IEnumerable<Case> cases)
    {
        text.Append(CultureInfo.InvariantCulture, $"## {title}\n\n| # | Layer | Case | Inspected flow | Tracked flow | Remark |\n|---|---|---|---|---|---|\n");
        foreach (var row in cases)
            text.Append(CultureInfo.InvariantCulture, $"| {row.Number} | {row.Layer} | {row.Name} | {Cell(row, Way.Inspected)} | {Cell(row, Way.Tracked)} | {Remark(row)} |\n");
        text.Append('\n');
    }

    private static string Cell(Case row, Way way) => !row.Has(way) ? "-"
        : row.VerdictOn(way).ToString().ToUpperInvariant() + (row.ReasonOn(way) is { } reason && row.VerdictOn(way) == Verdict.Drop ? $", {reason}" : "");

    private static string Remark(Case row) =>
        string.Join(' ', new[] { row.Note, row.InProcessOnly.Length > 0 ? $"In process only: {row.InProcessOnly}." : "" }.Where(s => s.Length > 0));
}
