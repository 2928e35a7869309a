using Gateway.Core.Operations;
using Gateway.Dataplane.Inspectors;

namespace Gateway.Dataplane.Tests.Inspectors;

/// <summary>Units of Modbus/TCP, byte by byte (MODBUS Messaging on TCP/IP Implementation Guide V1.0b, section 3.1.3).</summary>
public sealed class ModbusFrameTests
{
    /// <summary>Read holding registers 107 to 109 of unit 17.</summary>
    private static readonly byte[] Read = [0x00, 0x2A, 0x00, 0x00, 0x00, 0x06, 0x11, 0x03, 0x00, 0x6B, 0x00, 0x03];

    [Fact]
    public void Every_field_is_read_from_its_place()
    {
        Assert.Equal(ModbusFrameError.None, ModbusFrame.TryParse([.. Read, 0xFF, 0xFF], out var frame));
        Assert.Equal((0x2A, 17, 3, false, 12), (frame.Transaction, frame.Unit, frame.Function, frame.IsException, frame.LengthBytes));
        Assert.Equal([0x00, 0x6B, 0x00, 0x03], frame.Data.ToArray());
        Assert.True(ModbusRequest.TryDecode(frame, out var operation));
        Assert.Equal(new Operation(OperationProtocol.Modbus, OperationKind.Read, 17, 3, 0, new AddressRun(107, 3), default, 0), operation);
    }

    [Fact]
    public void Cut_anywhere_it_asks_for_more()
    {
        for (var length = 0; length < Read.Length; length++)
            Assert.Equal(ModbusFrameError.Incomplete, ModbusFrame.TryParse(Read.AsSpan(0, length).ToArray(), out _));
    }

    [Theory]
    [InlineData("002a 0001 0006", nameof(ModbusFrameError.Protocol))]
    [InlineData("5353 482d 322e", nameof(ModbusFrameError.Protocol))]
    [InlineData("002a 0000 0000", nameof(ModbusFrameError.Length))]
    [InlineData("002a 0000 0001", nameof(ModbusFrameError.Length))]
    [InlineData("002a 0000 00ff", nameof(ModbusFrameError.Length))]
    [InlineData("002a 0000 0002", nameof(ModbusFrameError.Incomplete))]
    [InlineData("002a 0000 00fe", nameof(ModbusFrameError.Incomplete))]
    public void What_is_not_Modbus_is_known_by_its_first_six_bytes(string hex, string error) =>
        Assert.Equal(error, ModbusFrame.TryParse(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)), out _).ToString());

    [Fact]
    public void An_exception_answers_the_request()
    {
        Assert.Equal(ModbusFrameError.None, ModbusFrame.TryParse(Read, out var frame));
        var answer = new byte[ModbusFrame.MaxBytes];
        Assert.Equal(9, frame.WriteException(2, answer));
        Assert.Equal([0x00, 0x2A, 0x00, 0x00, 0x00, 0x03, 0x11, 0x83, 0x02], answer[..9]);
        Assert.Equal(ModbusFrameError.None, ModbusFrame.TryParse(answer, out var again));
        Assert.True(again.IsException);
        Assert.Equal(3, again.Function);
    }
}
