using Gateway.Core.Fabric;
using Gateway.Core.Identity;
using Gateway.Corridor.State;

namespace Gateway.Corridor.Tests.Policy;

/// <summary>Decisions on dials as a pure function.</summary>
public sealed class EntitlementsTests
{
    private static readonly SpiffeId Scada = SpiffeId.ForClient("plant-3", "scada");
    private static readonly SpiffeId Plc = SpiffeId.ForDevice("plant-3", "line-2", "plc-7");

    [Fact]
    public void Without_entitlements_nothing_is_allowed() => Assert.False(Decide(State(), Scada, "plc-7", 502).Allowed);

    [Fact]
    public void The_zero_value_of_a_verdict_is_no() => Assert.False(default(DialVerdict).Allowed);

    [Fact]
    public void A_client_by_name_a_group_and_a_prefix_are_allowed()
    {
        foreach (var leave in new[] { Leave(CallerKind.Client, "scada", "plc-7", 502), Leave(CallerKind.Group, "operators", "plc-7", 502), Leave(CallerKind.Client, "scada", "plc-*", 502) })
        {
            var verdict = Decide(State(leave), Scada, "plc-7", 502);
            Assert.True(verdict.Allowed);
            Assert.Equal("plc-7", verdict.Device!.Name);
        }
    }

    [Theory]
    [InlineData("plc-7", 503)]
    [InlineData("plc-70", 502)]
    [InlineData("plc", 502)]
    [InlineData("PLC-7", 502)]
    public void One_port_of_one_device_is_no_more_than_that(string target, int port) =>
        Assert.False(Decide(State(Leave(CallerKind.Client, "scada", "plc-7", 502)), Scada, target, (ushort)port).Allowed);

    [Fact]
    public void Caller_kinds_are_never_mixed_up()
    {
        var device = SpiffeId.ForDevice("plant-3", "line-2", "scada");
        var state = State(Leave(CallerKind.Client, "scada", "plc-7", 502), Leave(CallerKind.Group, "scada", "plc-7", 503)).With(IdentityRecord.New(device));
        Assert.False(Decide(state, device, "plc-7", 502).Allowed);
        Assert.False(Decide(state, device, "plc-7", 503).Allowed);
        Assert.True(Decide(state, Scada, "plc-7", 502).Allowed);
    }

    [Fact]
    public void Who_is_not_on_record_is_refused() =>
        Assert.Equal(CorridorProblems.BadCredential, Decide(State(), SpiffeId.ForClient("plant-3", "ghost"), "plc-7", 502).Problem);

    [Fact]
    public void A_service_is_dialled_under_its_own_port_or_none()
    {
        var state = State(Leave(CallerKind.Device, "plc-7", "historian", 0));
        state = state with { Services = state.Services.Add("historian", new ServiceRecord("historian", "10.20.0.40", 5432, false)) };
        Assert.Equal("historian", Decide(state, Plc, "historian", 0).Service!.Name);
        Assert.True(Decide(state, Plc, "historian", 5432).Allowed);
        Assert.False(Decide(state, Plc, "historian", 5433).Allowed);
        Assert.False(Decide(state, Scada, "historian", 0).Allowed);
    }

    [Fact]
    public void An_entitlement_to_a_service_is_none_to_a_device_that_later_has_its_name()
    {
        var state = State(Leave(CallerKind.Client, "scada", "plc-7", 0));
        Assert.Equal(CorridorProblems.UnknownTarget, Decide(state, Scada, "plc-7", 0).Problem);
        Assert.Equal(CorridorProblems.NotEntitled, Decide(state, Scada, "plc-7", 502).Problem);
    }

    [Theory]
    [InlineData("client scada", 0, "scada")]
    [InlineData("group:operators", 1, "operators")]
    [InlineData("device  plc-7", 2, "plc-7")]
    public void A_caller_reads(string text, int kind, string name)
    {
        Assert.True(Entitlement.TryParseCaller(text, out var readKind, out var readName));
        Assert.Equal(((CallerKind)kind, name), (readKind, readName));
    }

    [Theory]
    [InlineData("*/502")]
    [InlineData("-*/502")]
    [InlineData("plc-*")]
    [InlineData("p*c/502")]
    [InlineData("plc-7/nothing")]
    [InlineData("PLC-7/502")]
    public void A_target_that_is_too_wide_or_wrong_is_refused_with_a_cure(string target)
    {
        Assert.Null(EntitlementReader.Read(CallerKind.Client, "scada", target, false, out var wrong));
        Assert.NotEmpty(wrong!);
    }

    private static DialVerdict Decide(HubState state, SpiffeId caller, string target, ushort port) => Entitlements.Decide(state, caller, target, port);

    private static Entitlement Leave(CallerKind from, string caller, string target, ushort port) => new(from, caller, target, port, false);

    private static HubState State(params Entitlement[] leaves) => new HubState { Site = "plant-3", Hub = "hub", Entitlements = [.. leaves] }
        .With(IdentityRecord.New(Scada) with { Groups = ["operators"] }).With(IdentityRecord.New(Plc));
}
