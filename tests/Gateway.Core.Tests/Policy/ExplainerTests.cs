using Gateway.Core.Policy;

namespace Gateway.Core.Tests.Policy;

public sealed class ExplainerTests
{
    private static readonly SiteDocument Hall = Sites.Document();

    [Theory]
    [InlineData("caller scada", "device plc-7", "tcp/502", "", "scada-reads-fillers",
        "allowed by grant scada-reads-fillers: caller scada may open tcp/502 to device plc-7, which sees it as 192.168.10.1; inside, only modbus read passes (trend display)")]
    [InlineData("caller scada", "device plc-7", "tcp/502", "modbus 3|0-9", "scada-reads-fillers",
        "allowed by grant scada-reads-fillers: caller scada may read holding registers 0-9 (function 3) of unit 1 at device plc-7 tcp/502, which sees it as 192.168.10.1 (trend display)")]
    [InlineData("device sorter", "device plc-7", "tcp/502", "modbus write 6|10", "sorter-drives-plc",
        "allowed by grant sorter-drives-plc: device sorter may write one register 10 (function 6) of unit 1 at device plc-7 tcp/502, which it reaches at 192.168.10.21 and which sees it as 192.168.10.1")]
    [InlineData("device plc-7", "service historian", "tcp/8086", "", "plc-7-to-historian",
        "allowed by grant plc-7-to-historian: device plc-7 may open tcp/8086 to service historian, which it reaches at 10.20.0.30 and which sees it as 100.64.0.7 (fabric corridor)")]
    [InlineData("device sorter", "peer ntp", "udp/123", "", "devices-ask-time",
        "allowed by grant devices-ask-time: device sorter may open udp/123 to peer ntp, which it reaches at 10.77.0.5 and which sees it as 10.77.0.254")]
    [InlineData("gateway", "device plc-7", "tcp/502", "modbus 43/14", "identify",
        "allowed by grant identify: the gateway may read the device's identification (function 43/14) of unit 1 at device plc-7 tcp/502, which sees it as 192.168.10.1")]
    public void What_is_allowed_names_its_grant_and_addresses(string from, string to, string port, string operation, string grant, string sentence)
    {
        var answer = Ask(from, to, port, operation);
        Assert.True(answer.Allowed);
        Assert.Null(answer.Reason);
        Assert.Equal(grant, answer.Grant);
        Assert.Equal(sentence, answer.Sentence);
        Assert.Empty(answer.Near);
    }

    [Theory]
    [InlineData("caller vendor", "device plc-7", "tcp/502", "", DropReason.NoGrant, "refused: no grant lets caller vendor open tcp/502 to device plc-7")]
    [InlineData("caller scada", "device plc-7", "tcp/80", "", DropReason.NoGrant, "refused: no grant lets caller scada open tcp/80 to device plc-7")]
    [InlineData("caller scada", "device plc-7", "tcp/502", "modbus 6|10", DropReason.OperationNotGranted,
        "refused: caller scada may open tcp/502 to device plc-7, but no grant lets it write one register 10 (function 6) of unit 1")]
    [InlineData("device plc-8", "device plc-7", "tcp/502", "", DropReason.UnknownDevice, "refused: the policy has no device plc-8; did you mean 'plc-7'?")]
    [InlineData("peer ntpd", "device plc-7", "tcp/502", "", DropReason.UnknownPeer, "refused: the policy has no peer ntpd; did you mean 'ntp'?")]
    [InlineData("caller nobody", "device plc-7", "tcp/502", "", DropReason.NoCallerIdentity, "refused: the policy has no caller nobody")]
    public void What_is_refused_names_the_reason(string from, string to, string port, string operation, DropReason reason, string sentence)
    {
        var answer = Ask(from, to, port, operation);
        Assert.False(answer.Allowed);
        Assert.Equal(("", reason, sentence), (answer.Grant, answer.Reason, answer.Sentence));
    }

    [Theory]
    [InlineData("caller scada", "device plc-7", "tcp/503", "", "scada-reads-fillers", "it allows tcp/502, not tcp/503")]
    [InlineData("caller vendor", "device plc-7", "tcp/502", "", "scada-reads-fillers", "it is for caller scada")]
    [InlineData("caller vendor", "device plc-7", "tcp/502", "", "sorter-drives-plc", "it is for device sorter")]
    [InlineData("device sorter", "device camera-1", "tcp/502", "", "sorter-drives-plc", "it leads to device plc-7")]
    [InlineData("device camera-1", "peer ntp", "udp/123", "", "devices-ask-time", "it is for those with the label line=filler-2, which camera-1 does not have")]
    [InlineData("caller scada", "device sorter", "tcp/502", "", "scada-reads-fillers", "it is for those with the label kind=plc, which sorter does not have")]
    [InlineData("caller scada", "device plc-7", "tcp/502", "modbus 6|10", "scada-reads-fillers", "it allows read, which leaves out function 6")]
    [InlineData("caller scada", "device plc-7", "tcp/502", "modbus 6|10", "sorter-drives-plc", "it is for device sorter")]
    [InlineData("device sorter", "device plc-7", "tcp/502", "modbus 3|90-110", "sorter-drives-plc", "it allows 3|0-99,6|10, which does not cover all the addresses")]
    public void What_comes_near_says_what_differs(string from, string to, string port, string operation, string grant, string difference) =>
        Assert.Contains(new NearMiss(grant, difference), Ask(from, to, port, operation).Near);

    [Fact]
    public void A_unit_that_is_left_out_is_named()
    {
        var site = Sites.Document(Sites.With("\"3|0-99,6|10\"", "\"unit 2: 3|0-99\""));
        var answer = Explainer.Explain(Sites.Policy(site), site, Query("device sorter", "device plc-7", "tcp/502", "modbus unit 5: 3|0-9"));
        Assert.Contains(new NearMiss("sorter-drives-plc", "it allows unit 2: 3|0-99, which leaves out unit 5"), answer.Near);
    }

    [Fact]
    public void A_caller_has_the_grants_of_every_entry_it_matches()
    {
        var query = Query("caller vendor", "device plc-7", "tcp/502", "") with
        {
            From = [new(EntityKind.Caller, "vendor"), new(EntityKind.Caller, "scada")],
        };
        Assert.True(Explainer.Explain(Sites.Policy(), Hall, query).Allowed);
    }

    [Fact]
    public void Of_a_range_every_port_must_be_allowed()
    {
        Assert.False(Ask("caller scada", "device plc-7", "tcp/502-503", "").Allowed);
        var wide = Sites.Document(Sites.With("- port: tcp/554", "- port: tcp/500-600"));
        Assert.True(Explainer.Explain(Sites.Policy(wide), wide, Query("peer recorder", "device camera-1", "tcp/502-503", "")).Allowed);
    }

    [Theory]
    [InlineData("quarantine", "caller scada", DropReason.UnknownDevice, "plc-7 is not approved yet")]
    [InlineData("cut-off", "caller scada", DropReason.DeviceCutOff, "plc-7 is cut off")]
    [InlineData("cut-off", "gateway", DropReason.DeviceCutOff, "plc-7 is cut off")]
    public void A_device_that_is_shut_is_said_to_be_so(string enforcement, string from, DropReason reason, string words)
    {
        var site = Sites.Document(Sites.With("enforcement: enforce", $"enforcement: {enforcement}"));
        var answer = Explainer.Explain(Sites.Policy(site), site, Query(from, "device plc-7", "tcp/502", ""));
        Assert.Equal((false, reason), (answer.Allowed, answer.Reason));
        Assert.Contains(words, answer.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void The_gateway_may_still_ask_a_device_that_is_not_approved()
    {
        var site = Sites.Document(Sites.With("enforcement: enforce", "enforcement: quarantine"));
        Assert.True(Explainer.Explain(Sites.Policy(site), site, Query("gateway", "device plc-7", "tcp/502", "modbus 43")).Allowed);
    }

    [Fact]
    public void An_uninspected_port_lets_every_operation_pass_and_says_so() => Assert.Contains(
        "uninspected like all that passes there", Ask("peer recorder", "device camera-1", "tcp/554", "modbus 6|1").Sentence, StringComparison.Ordinal);

    [Fact]
    public void Without_the_document_the_answer_is_the_same_but_for_labels_and_comments()
    {
        var answer = Explainer.Explain(Sites.Policy(), null, Query("device camera-1", "peer ntp", "udp/123", ""));
        Assert.False(answer.Allowed);
        Assert.DoesNotContain(answer.Near, n => n.Difference.Contains("label", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("service historian", "device plc-7", "tcp/502", "", "'service historian' cannot open a flow")]
    [InlineData("scada", "device plc-7", "tcp/502", "", "'scada' cannot open a flow")]
    [InlineData("caller scada", "caller scada", "tcp/502", "", "'caller scada' cannot be reached")]
    [InlineData("caller scada", "device plc-7", "502", "", "'502' is no transport and port")]
    [InlineData("caller scada", "device plc-7", "tcp/502", "read 3", "'read 3' begins with no protocol")]
    public void A_question_that_makes_no_sense_is_refused_with_its_cure(string from, string to, string port, string operation, string message)
    {
        Assert.False(ExplainQuery.TryParse(from, to, port, operation, out var query, out var error));
        Assert.Null(query);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    private static Explanation Ask(string from, string to, string port, string operation) =>
        Explainer.Explain(Sites.Policy(), Hall, Query(from, to, port, operation));

    private static ExplainQuery Query(string from, string to, string port, string operation)
    {
        Assert.True(ExplainQuery.TryParse(from, to, port, operation, out var query, out var error), error);
        return query!;
    }
}
