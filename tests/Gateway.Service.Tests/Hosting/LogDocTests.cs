using Gateway.Core.Api;
using Gateway.Service.Records;
using Gateway.Service.Tests.Fixtures;

namespace Gateway.Service.Tests.Hosting;

/// <summary>docs/log.md lists every kind of line, and no other.</summary>
public sealed class LogDocTests
{
    [Fact]
    public void Every_kind_is_described_once_and_nothing_else_is() => Assert.Equal(LogKinds.All.Order(), LogDoc.Rows.Select(r => r.Kind).Order());

    [Fact]
    public void Every_row_says_a_known_severity_and_what_it_means() => Assert.All(LogDoc.Rows, row =>
    {
        Assert.NotEmpty(row.Severities);
        Assert.Subset(LogSeverities.All.ToHashSet(), row.Severities.ToHashSet());
        Assert.True(row.Meaning.Length > 10, row.Kind);
    });
}
