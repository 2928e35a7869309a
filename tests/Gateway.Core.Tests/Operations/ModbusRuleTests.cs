using Gateway.Core.Operations;

namespace Gateway.Core.Tests.Operations;

public sealed class ModbusRuleTests
{
    [Theory]
    [InlineData("read")]
    [InlineData("all")]
    [InlineData("1|128-255,23|512-1023|2048-2051,42")]
    [InlineData("unit 1,3-5: 3|0-99")]
    public void A_rule_has_one_shortest_form(string text) => Assert.Equal(text, ModbusRule.Parse(text).Canonical);

    [Theory]
    [InlineData("3|20-29|0-9|10-19", "3|0-29")]
    [InlineData("6|10, 3|0-99", "3|0-99,6|10")]
    [InlineData("unit 5,1-4: operate", "unit 1-5: operate")]
    public void Equal_rules_have_equal_forms(string text, string canonical) => Assert.Equal(canonical, ModbusRule.Parse(text).Canonical);

    [Theory]
    [InlineData("", "function codes")]
    [InlineData("3,3", "stands twice")]
    [InlineData("128", "1 to 127")]
    [InlineData("3|9-0", "no address range")]
    [InlineData("3|0-65536", "no address range")]
    [InlineData("unit 256: read", "no Modbus unit")]
    [InlineData("unit 1", "names units but no operations")]
    [InlineData("reed", "no Modbus function code")]
    public void A_wrong_rule_is_refused_with_its_cure(string text, string message)
    {
        Assert.False(ModbusRule.TryParse(text, out _, out var error));
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("3|0-9", 0, 10, RuleMiss.None)]
    [InlineData("3|0-9", 0, 11, RuleMiss.Address)]
    [InlineData("3|0-9", 9, 1, RuleMiss.None)]
    [InlineData("3|0-9", 10, 1, RuleMiss.Address)]
    [InlineData("3|0-9|10-19", 5, 10, RuleMiss.None)]
    [InlineData("4|0-9", 0, 1, RuleMiss.Function)]
    [InlineData("unit 2: 3", 0, 1, RuleMiss.Unit)]
    [InlineData("read", 65535, 1, RuleMiss.None)]
    public void A_read_is_checked_to_its_last_address(string rule, int first, int count, RuleMiss expected) =>
        Assert.Equal(expected, ModbusRule.Parse(rule).Check(Read(first, count)));

    [Fact]
    public void Both_ranges_of_function_23_must_be_covered()
    {
        var rule = ModbusRule.Parse("23|0-9");
        var inside = new Operation(OperationProtocol.Modbus, OperationKind.ReadWrite, 1, 23, 0, new(0, 5), new(5, 5), 0);
        Assert.Equal(RuleMiss.None, rule.Check(inside));
        Assert.Equal(RuleMiss.Address, rule.Check(inside with { Writes = new(5, 6) }));
        Assert.Equal(RuleMiss.Address, rule.Check(inside with { Reads = new(8, 3) }));
    }

    [Theory]
    [InlineData("read", 14, RuleMiss.None)]
    [InlineData("read", 13, RuleMiss.Function)]
    [InlineData("all", 13, RuleMiss.None)]
    [InlineData("43", 13, RuleMiss.None)]
    public void Below_all_function_43_means_device_identification(string rule, int mei, RuleMiss expected) =>
        Assert.Equal(expected, ModbusRule.Parse(rule).Check(
            new Operation(OperationProtocol.Modbus, OperationKind.Identify, 1, 43, (ushort)mei, default, default, 0)));

    private static Operation Read(int first, int count) =>
        new(OperationProtocol.Modbus, OperationKind.Read, 1, 3, 0, new(first, count), default, 0);

    [Theory]
    [InlineData("read", true)]
    [InlineData("identify", true)]
    [InlineData("unit 1: 3|0-9,4", true)]
    [InlineData("3,6|10", false)]
    [InlineData("operate", false)]
    [InlineData("all", false)]
    [InlineData("3,43", false)]
    [InlineData("3,90", false)]
    public void A_rule_knows_whether_it_only_reads(string rule, bool onlyReads) => Assert.Equal(onlyReads, ModbusRule.Parse(rule).OnlyReads);
}
