using System.Reflection;
using Gateway.Core.Api;
using Gateway.Core.Devices;
using Gateway.Core.Discovery;
using Gateway.Core.Fabric;
using Gateway.Core.State;

namespace Gateway.Core.Tests.Api;

/// <summary>The lists that service, documentation and pages share are complete.</summary>
public sealed class ClosedListTests
{
    public static TheoryData<Type, string[]> Lists => new()
    {
        { typeof(LogKinds), [.. LogKinds.All] },
        { typeof(LogSeverities), [.. LogSeverities.All] },
        { typeof(ProposalReasons), [.. ProposalReasons.All] },
        { typeof(ProposalPurposes), [.. ProposalPurposes.All] },
        { typeof(NeedKinds), [.. NeedKinds.All] },
        { typeof(ReasonKeys), [.. ReasonKeys.All] },
    };

    [Theory]
    [MemberData(nameof(Lists))]
    public void A_list_holds_each_of_its_words_once(Type words, string[] list)
    {
        var constants = words.GetFields(BindingFlags.Public | BindingFlags.Static).Where(f => f.IsLiteral).Select(f => (string)f.GetRawConstantValue()!);
        Assert.Equal(constants.Order(), list.Order());
        Assert.All(list, word => Assert.Matches("^[a-z]+(-[a-z]+)*$", word));
    }

    [Fact]
    public void No_two_states_have_one_word()
    {
        Unlike(Enum.GetValues<DeviceState>().Select(ApiWords.Of));
        Unlike(Enum.GetValues<Role>().Select(ApiWords.Of));
        Unlike(Enum.GetValues<ConnectorState>().Select(ApiWords.Of));
        Unlike(Enum.GetValues<EvidenceAttribute>().Select(ApiWords.Of));
        Unlike(Enum.GetValues<ObservationSource>().Select(ApiWords.Of));
    }

    private static void Unlike(IEnumerable<string> words)
    {
        var list = words.ToList();
        Assert.Equal(list.Count, list.Distinct().Count());
    }
}
