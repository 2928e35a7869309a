using Gateway.Core.Operations;

namespace Gateway.Core.Tests.Operations;

public sealed class OperationWordsTests
{
    [Fact]
    public void Every_function_has_a_name_of_the_list()
    {
        var names = Enumerable.Range(1, 127).Select(f => OperationWords.Name(Asked((byte)f))).Append(OperationWords.Name(Asked(43, ModbusFunctions.ReadDeviceIdentification)));
        Assert.Equal(OperationWords.Names.Order(), names.Distinct().Order());
    }

    [Theory]
    [InlineData(6, 0, "write-register")]
    [InlineData(43, 14, "read-identification")]
    [InlineData(43, 13, "makers-own")]
    [InlineData(90, 0, "program")]
    public void A_function_is_named_by_what_it_does(byte function, ushort sub, string name) => Assert.Equal(name, OperationWords.Name(Asked(function, sub)));

    /// <summary>What is called writing writes, and what is called reading does not.</summary>
    [Fact]
    public void Names_and_kinds_tell_the_same_story()
    {
        for (byte function = 1; function < 128; function++)
        {
            var name = OperationWords.Name(Asked(function));
            Assert.Equal(ModbusFunctions.KindOf(function, 0) == OperationKind.Program, name == "program");
            if (ModbusFunctions.Writes(function))
                Assert.True(name.Contains("write", StringComparison.Ordinal) || name.StartsWith("change", StringComparison.Ordinal), name);
            else
                Assert.True(function == 21 || !name.Contains("write", StringComparison.Ordinal), name);
        }
    }

    [Fact]
    public void Every_miss_has_a_reason_of_its_own()
    {
        Assert.Equal(Enum.GetValues<RuleMiss>().Length, OperationWords.Reasons.Distinct().Count());
        Assert.Throws<ArgumentOutOfRangeException>(() => OperationWords.Reason((RuleMiss)99));
    }

    private static Operation Asked(byte function, ushort sub = 0) =>
        new(OperationProtocol.Modbus, ModbusFunctions.KindOf(function, sub), 1, function, sub, default, default, 0);
}
