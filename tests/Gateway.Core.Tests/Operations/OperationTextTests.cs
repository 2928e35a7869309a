using Gateway.Core.Operations;

namespace Gateway.Core.Tests.Operations;

public sealed class OperationTextTests
{
    [Theory]
    [InlineData("modbus 3|0-9", OperationKind.Read, 1, 3, 0, 0, 10, 0, 0)]
    [InlineData("modbus read 4|7", OperationKind.Read, 1, 4, 0, 7, 1, 0, 0)]
    [InlineData("modbus write 6|10", OperationKind.Write, 1, 6, 0, 0, 0, 10, 1)]
    [InlineData("modbus unit 2: 16|100-109", OperationKind.Write, 2, 16, 0, 0, 0, 100, 10)]
    [InlineData("modbus write unit 255: 15|0-65535", OperationKind.Write, 255, 15, 0, 0, 0, 0, 65536)]
    [InlineData("modbus 23|0-9|20-29", OperationKind.ReadWrite, 1, 23, 0, 0, 10, 20, 10)]
    [InlineData("modbus 23|5", OperationKind.ReadWrite, 1, 23, 0, 5, 1, 5, 1)]
    [InlineData("modbus 3", OperationKind.Read, 1, 3, 0, 0, 65536, 0, 0)]
    [InlineData("modbus 43", OperationKind.Identify, 1, 43, 14, 0, 0, 0, 0)]
    [InlineData("modbus 43/13", OperationKind.Other, 1, 43, 13, 0, 0, 0, 0)]
    [InlineData("modbus 8/1", OperationKind.Diagnose, 1, 8, 1, 0, 0, 0, 0)]
    [InlineData(" modbus  90 ", OperationKind.Program, 1, 90, 0, 0, 0, 0, 0)]
    public void An_operation_is_read_as_written(
        string text, OperationKind kind, byte unit, byte function, ushort sub, int reads, int readCount, int writes, int writeCount)
    {
        Assert.True(OperationText.TryParse(text, out var operation, out var error), error);
        Assert.Equal(
            new Operation(OperationProtocol.Modbus, kind, unit, function, sub, new(reads, readCount), new(writes, writeCount), 0), operation);
    }

    [Theory]
    [InlineData("3|0-9", "begins with no protocol that is inspected")]
    [InlineData("modbus", "begins with no protocol that is inspected")]
    [InlineData("s7 read", "begins with no protocol that is inspected")]
    [InlineData("modbus write 3|0", "function 3 does not write: it serves to read holding registers")]
    [InlineData("modbus read 6|0", "function 6 does not read")]
    [InlineData("modbus 0|1", "'0' is no Modbus function code")]
    [InlineData("modbus 128", "'128' is no Modbus function code")]
    [InlineData("modbus read", "'read' is no Modbus function code")]
    [InlineData("modbus 3|9-0", "'9-0' is no address or range")]
    [InlineData("modbus 3|0-65536", "is no address or range")]
    [InlineData("modbus 6|0-1", "function 6 has one address")]
    [InlineData("modbus 3|0|1", "has 1 address ranges in one request")]
    [InlineData("modbus 43|0", "has 0 address ranges in one request")]
    [InlineData("modbus unit 256: 3", "'256' is no Modbus unit")]
    [InlineData("modbus unit 1 3", "is no Modbus unit followed by a colon")]
    public void A_wrong_operation_is_refused_with_its_cure(string text, string message)
    {
        Assert.False(OperationText.TryParse(text, out _, out var error));
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("modbus 3|0-9", "read holding registers 0-9 (function 3) of unit 1")]
    [InlineData("modbus unit 2: 6|10", "write one register 10 (function 6) of unit 2")]
    [InlineData("modbus 23|0-9|20-29", "read and write registers 0-9 (read) and 20-29 (written) (function 23) of unit 1")]
    [InlineData("modbus 3", "read holding registers at any address (function 3) of unit 1")]
    [InlineData("modbus 90", "use a maker's own function (function 90) of unit 1")]
    public void An_operation_is_told_in_words(string text, string words)
    {
        Assert.True(OperationText.TryParse(text, out var operation, out _));
        Assert.Equal(words, OperationText.Describe(operation));
    }

    /// <summary>The presets of the rule and the kinds of the operations tell the same story.</summary>
    [Fact]
    public void The_preset_read_holds_only_functions_that_read_or_identify()
    {
        var preset = ModbusRule.Parse("read");
        foreach (var function in Enumerable.Range(1, 127).Select(f => (byte)f))
        {
            var sub = function == 43 ? ModbusFunctions.ReadDeviceIdentification : (ushort)0;
            var kind = ModbusFunctions.KindOf(function, sub);
            var covered = preset.Check(new Operation(OperationProtocol.Modbus, kind, 1, function, sub, default, default, 0)) == RuleMiss.None;
            Assert.Equal(covered, kind is OperationKind.Read or OperationKind.Identify);
        }
    }
}
