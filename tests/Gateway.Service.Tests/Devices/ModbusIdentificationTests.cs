using Gateway.Core.Discovery;
using Gateway.Service.Devices;

namespace Gateway.Service.Tests.Devices;

/// <summary>The answer to "who are you" (Modbus Application Protocol V1.1b3, section 6.21).</summary>
public sealed class ModbusIdentificationTests
{
    private static readonly byte[] Answer =
    [
        0, 1, 0, 0, 0, 24, 1, 43, 14, 1, 1, 0, 0, 3,
        0, 4, .. "ACME"u8, 1, 3, .. "P-7"u8, 2, 4, .. "V1.2"u8,
    ];

    [Fact]
    public void Vendor_model_and_firmware_are_read() => Assert.Equal(
        [(EvidenceAttribute.Vendor, "ACME"), (EvidenceAttribute.Model, "P-7"), (EvidenceAttribute.Firmware, "V1.2")], ModbusIdentification.Read(Answer));

    [Fact]
    public void An_answer_cut_anywhere_gives_what_is_whole_and_never_fails()
    {
        for (var length = 0; length < Answer.Length; length++)
            Assert.True(ModbusIdentification.Read(Answer[..length]).Count() < 3);
    }

    [Fact]
    public void Bytes_that_are_no_text_do_not_get_out()
    {
        byte[] hostile = [.. Answer];
        hostile[16] = 0x1B;
        Assert.Equal("?CME", ModbusIdentification.Read(hostile).First().Value);
    }

    [Fact]
    public void The_question_is_the_one_that_changes_nothing() =>
        Assert.Equal([0, 1, 0, 0, 0, 5, 1, 43, 14, 1, 0], ModbusIdentification.Request.ToArray());
}
