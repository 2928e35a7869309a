using Gateway.Core.Operations;
using Gateway.Core.Policy;
using Gateway.Dataplane.Filter;
using Gateway.Dataplane.Inspectors;

namespace Gateway.Dataplane.Tests.Inspectors;

/// <summary>The Modbus inspector on single units. Examples in comments are those of the Modbus Application Protocol V1.1b3, section 6.</summary>
public sealed class ModbusInspectorTests
{
    private readonly ModbusInspector _inspector = new();
    private readonly byte[] _state;
    private readonly byte[] _answer = new byte[ModbusFrame.MaxBytes];

    public ModbusInspectorTests() => _state = new byte[_inspector.StateBytes];

    public static TheoryData<string, byte[], OperationKind, int, int, int, int, int> Decoded => new()
    {
        { "01 read coils 20-38", [1, 0x00, 0x13, 0x00, 0x13], OperationKind.Read, 19, 19, 0, 0, 0 },
        { "02 read inputs 197-218", [2, 0x00, 0xC4, 0x00, 0x16], OperationKind.Read, 196, 22, 0, 0, 0 },
        { "03 read registers 108-110", [3, 0x00, 0x6B, 0x00, 0x03], OperationKind.Read, 107, 3, 0, 0, 0 },
        { "04 read input register 9", [4, 0x00, 0x08, 0x00, 0x01], OperationKind.Read, 8, 1, 0, 0, 0 },
        { "05 write coil 173 on", [5, 0x00, 0xAC, 0xFF, 0x00], OperationKind.Write, 0, 0, 172, 1, 0xFF00 },
        { "06 write register 2", [6, 0x00, 0x01, 0x00, 0x03], OperationKind.Write, 0, 0, 1, 1, 3 },
        { "07 read exception status", [7], OperationKind.Diagnose, 0, 0, 0, 0, 0 },
        { "08 diagnostics", [8, 0x00, 0x00, 0xA5, 0x37], OperationKind.Diagnose, 0, 0, 0, 0, 0 },
        { "0F write 10 coils", [15, 0x00, 0x13, 0x00, 0x0A, 0x02, 0xCD, 0x01], OperationKind.Write, 0, 0, 19, 10, 0xCD },
        { "10 write 2 registers", [16, 0x00, 0x01, 0x00, 0x02, 0x04, 0x00, 0x0A, 0x01, 0x02], OperationKind.Write, 0, 0, 1, 2, 10 },
        { "11 report server id", [17], OperationKind.Identify, 0, 0, 0, 0, 0 },
        { "14 read file", [20, 0x0E, 6, 0, 4, 0, 1, 0, 2, 6, 0, 3, 0, 9, 0, 2], OperationKind.Read, 0, 0, 0, 0, 0 },
        { "15 write file", [21, 0x0D, 6, 0, 4, 0, 7, 0, 3, 6, 0xAF, 4, 0xBE, 0x10, 0x0D], OperationKind.Program, 0, 0, 0, 0, 0 },
        { "16 mask write", [22, 0x00, 0x04, 0x00, 0xF2, 0x00, 0x25], OperationKind.Write, 0, 0, 4, 1, 0x25 },
        { "17 read and write", [23, 0, 3, 0, 6, 0, 0x0E, 0, 3, 6, 0, 0xFF, 0, 0xFF, 0, 0xFF], OperationKind.ReadWrite, 3, 6, 14, 3, 0xFF },
        { "18 read FIFO", [24, 0x04, 0xDE], OperationKind.Read, 1246, 1, 0, 0, 0 },
        { "2B/0E device identification", [43, 14, 1, 0], OperationKind.Identify, 0, 0, 0, 0, 0 },
        { "5A vendor code", [90, 0, 2], OperationKind.Program, 0, 0, 0, 0, 0 },
        { "64 unknown code", [100, 1, 2, 3], OperationKind.Other, 0, 0, 0, 0, 0 },
    };

    [Theory]
    [MemberData(nameof(Decoded))]
    public void A_request_is_decoded_to_what_it_does(
        string what, byte[] pdu, OperationKind kind, int readFirst, int readCount, int writeFirst, int writeCount, int value)
    {
        var judgement = Judge(Modbus.Unit(1, 9, pdu), "all");
        Assert.Equal(JudgementKind.Pass, judgement.Kind);
        Assert.Equal(kind, judgement.Operation.Kind);
        Assert.Equal(new AddressRun(readFirst, readCount), judgement.Operation.Reads);
        Assert.Equal(new AddressRun(writeFirst, writeCount), judgement.Operation.Writes);
        Assert.Equal(value, judgement.Operation.FirstValue);
        Assert.Equal(9, judgement.Operation.Unit);
        Assert.Equal(pdu.Length + 7, judgement.ConsumedBytes);
        Assert.NotEmpty(what);
    }

    public static TheoryData<string, byte[]> Contradicting => new()
    {
        { "quantity 0", [3, 0, 0, 0, 0] },
        { "126 registers", [3, 0, 0, 0, 126] },
        { "2001 coils", [1, 0, 0, 0x07, 0xD1] },
        { "wraps around", [3, 0xFF, 0xFF, 0, 2] },
        { "too short", [3, 0, 0, 0] },
        { "too long", [3, 0, 0, 0, 1, 0] },
        { "coil value 1", [5, 0, 0, 0, 1] },
        { "byte count disagrees", [16, 0, 1, 0, 2, 2, 0, 10, 1, 2] },
        { "fewer values than said", [16, 0, 1, 0, 2, 4, 0, 10] },
        { "124 registers", [16, 0, 1, 0, 124, 248, .. new byte[246]] },
        { "write range of 23 wraps", [23, 0, 0, 0, 1, 0xFF, 0xFF, 0, 2, 4, 0, 0, 0, 0] },
        { "file byte count", [20, 0x0F, 6, 0, 4, 0, 1, 0, 2, 6, 0, 3, 0, 9, 0, 2] },
        { "43 without a type", [43] },
    };

    [Theory]
    [MemberData(nameof(Contradicting))]
    public void A_request_that_contradicts_itself_is_answered_as_a_server_would(string what, byte[] pdu)
    {
        var judgement = Judge(Modbus.Unit(5, 1, pdu), "all");
        Assert.Equal(JudgementKind.Answer, judgement.Kind);
        Assert.Equal(Modbus.Unit(5, 1, [(byte)(pdu[0] | 0x80), 3]), _answer[..judgement.AnswerBytes]);
        Assert.NotEmpty(what);
    }

    [Theory]
    [InlineData("read", 6, 1)]
    [InlineData("3|0-9", 3, 2)]
    public void A_refusal_names_function_or_address(string rule, byte function, byte code)
    {
        var judgement = Judge(Modbus.Unit(7, 2, [function, 0, 100, 0, 1]), rule);
        Assert.Equal(JudgementKind.Answer, judgement.Kind);
        Assert.Equal(DropReason.OperationNotGranted, judgement.Reason);
        Assert.True(judgement.Record);
        Assert.Equal(Modbus.Unit(7, 2, [(byte)(function | 0x80), code]), _answer[..judgement.AnswerBytes]);
    }

    [Theory]
    [InlineData(RefuseMode.Drop, JudgementKind.Discard)]
    [InlineData(RefuseMode.Reset, JudgementKind.Reset)]
    public void A_grant_chooses_how_a_refusal_looks(RefuseMode refuse, object kind) =>
        Assert.Equal((JudgementKind)kind, Judge(Modbus.WriteRegister(1, 1, 0, 0), "read", refuse).Kind);

    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 1)]
    [InlineData(5, 1)]
    [InlineData(5, 0)]
    [InlineData(4, 1)]
    public void A_header_that_is_not_modbus_ends_the_connection(int offset, byte value)
    {
        var bytes = Modbus.Read(1, 1, 3, 0, 1);
        bytes[offset] = value;
        Assert.Equal(JudgementKind.Reset, Judge(bytes, "all").Kind);
    }

    [Fact]
    public void Part_of_a_unit_is_waited_for_at_every_length()
    {
        var bytes = Modbus.WriteRegisters(1, 1, 0, 1, 2, 3);
        for (var length = 0; length < bytes.Length; length++)
            Assert.Equal(JudgementKind.NeedMore, Judge(bytes[..length], "all").Kind);
        Assert.Equal(JudgementKind.Pass, Judge([.. bytes, 0, 2], "all").Kind);
    }

    [Fact]
    public void Grants_add_up()
    {
        ConduitEntry[] conduits =
        [
            new() { Rule = ModbusRule.Parse("3|0-9"), Refuse = RefuseMode.Answer },
            new() { Rule = ModbusRule.Parse("6|10"), Refuse = RefuseMode.Answer },
        ];
        var grants = new OperationGrants(conduits, [0, 1]);
        var judgement = _inspector.JudgeRequest(Modbus.WriteRegister(1, 1, 10, 1), _state, grants, _answer);
        Assert.Equal(JudgementKind.Pass, judgement.Kind);
        Assert.Equal(1, judgement.Conduit);
        Assert.Equal(JudgementKind.Answer, _inspector.JudgeRequest(Modbus.WriteRegister(1, 1, 9, 1), _state, grants, _answer).Kind);
    }

    [Theory]
    [InlineData("read", "3|0-9", RuleMiss.ReadingOnly)]
    [InlineData("read", "6|10", RuleMiss.Address)]
    [InlineData("read", "16|10", RuleMiss.Function)]
    [InlineData("unit 7: read", "unit 8: all", RuleMiss.Unit)]
    public void A_refused_write_says_whether_the_grants_allow_reading_only(string first, string second, RuleMiss miss)
    {
        ConduitEntry[] conduits = [new() { Rule = ModbusRule.Parse(first) }, new() { Rule = ModbusRule.Parse(second) }];
        var judgement = _inspector.JudgeRequest(Modbus.WriteRegister(1, 1, 9, 1), _state, new OperationGrants(conduits, [0, 1]), _answer);
        Assert.Equal(miss, judgement.Miss);
    }

    [Fact]
    public void Another_function_than_a_write_is_refused_as_a_function() => Assert.Equal(RuleMiss.Function, Judge(Modbus.Unit(1, 1, [90, 0, 2]), "read").Miss);

    [Fact]
    public void Reads_make_no_record_and_writes_do()
    {
        Assert.False(Judge(Modbus.Read(1, 1, 3, 0, 1), "all").Record);
        Assert.True(Judge(Modbus.WriteRegister(1, 1, 0, 1), "all").Record);
        // 08/01 restarts the communication of the device.
        Assert.True(Judge(Modbus.Unit(1, 1, [8, 0, 1, 0, 0]), "all").Record);
    }

    [Fact]
    public void An_answer_must_fit_a_request()
    {
        Judge(Modbus.Read(1, 1, 3, 0, 1), "read");
        Assert.Equal(JudgementKind.Discard, Respond(Modbus.Unit(2, 1, [3, 2, 0, 1])).Kind);
        Assert.Equal(JudgementKind.Discard, Respond(Modbus.Unit(1, 2, [3, 2, 0, 1])).Kind);
        Assert.Equal(JudgementKind.Discard, Respond(Modbus.Unit(1, 1, [4, 2, 0, 1])).Kind);
        Assert.Equal(JudgementKind.Pass, Respond(Modbus.Unit(1, 1, [3, 2, 0, 1])).Kind);
        Assert.Equal(JudgementKind.Discard, Respond(Modbus.Unit(1, 1, [3, 2, 0, 1])).Kind);
    }

    [Fact]
    public void An_exception_is_an_answer()
    {
        Judge(Modbus.Read(1, 1, 3, 0, 1), "read");
        Assert.Equal(JudgementKind.Pass, Respond(Modbus.Unit(1, 1, [0x83, 2])).Kind);
    }

    [Fact]
    public void An_answer_whose_byte_count_lies_ends_the_connection()
    {
        Judge(Modbus.Read(1, 1, 3, 0, 1), "read");
        Assert.Equal(JudgementKind.Reset, Respond(Modbus.Unit(1, 1, [3, 200, 0, 1])).Kind);
    }

    [Fact]
    public void A_server_that_leaves_requests_unanswered_does_not_stop_the_flow()
    {
        for (ushort i = 0; i < 500; i++)
            Assert.Equal(JudgementKind.Pass, Judge(Modbus.Read(i, 1, 3, 0, 1), "read").Kind);
        Assert.Equal(JudgementKind.Pass, Respond(Modbus.Unit(499, 1, [3, 2, 0, 1])).Kind);
        Assert.Equal(JudgementKind.Pass, Respond(Modbus.Unit(500 - ModbusInspector.MaxOutstanding, 1, [3, 2, 0, 1])).Kind);
        Assert.Equal(JudgementKind.Discard, Respond(Modbus.Unit(499 - ModbusInspector.MaxOutstanding, 1, [3, 2, 0, 1])).Kind);
    }

    private Judgement Judge(byte[] bytes, string rule, RefuseMode refuse = RefuseMode.Answer)
    {
        ConduitEntry[] conduits = [new() { Rule = ModbusRule.Parse(rule), Refuse = refuse }];
        return _inspector.JudgeRequest(bytes, _state, new OperationGrants(conduits, [0]), _answer);
    }

    private Judgement Respond(byte[] bytes) => _inspector.JudgeResponse(bytes, _state);
}
