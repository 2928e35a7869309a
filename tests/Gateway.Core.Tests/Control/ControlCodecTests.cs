using System.Buffers.Binary;
using System.Collections;
using System.Collections.Immutable;
using System.Reflection;
using Gateway.Core.Control;
using Gateway.Core.Discovery;
using Gateway.Core.Net;
using Gateway.Core.Operations;
using Gateway.Core.Policy;

namespace Gateway.Core.Tests.Control;

public sealed class ControlCodecTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 23, 20, 26, 1, 234, TimeSpan.Zero);
    private static readonly MacAddress Mac = MacAddress.Parse("28:63:36:aa:10:2f");
    private static readonly Operation Write = new(OperationProtocol.Modbus, OperationKind.ReadWrite, 255, 23, 14, new(65535, 1), new(0, 65536), 0xFFFF);

    /// <summary>One of each message, with values at their ends.</summary>
    public static readonly ImmutableArray<ControlMessage> All =
    [
        new Hello(ControlProtocol.Version),
        new InstallPolicy(1, ulong.MaxValue, PolicyBlob.Write(new CompiledPolicy { Site = "hall-3", SegmentRange = Ipv4Prefix.Parse("100.64.0.0/16") })),
        new OpenIntent(2, "k7m2qd", new(Transport.Tcp, new(502, 502)), 65535, ["scada", "vendor"], "spiffe://hall-3/client/ä"),
        new OpenIntent(3, "", new(Transport.Tcp, new(1, 1)), 0, [], ""),
        new VerifyBinding(uint.MaxValue, "k7m2qd"),
        new EndFlows(4, "k7m2qd", null),
        new EndFlows(5, "k7m2qd", "spiffe://hall-3/client/vendor-1"),
        new Welcome(1, 0x0123456789ABCDEF, 7, new string('a', 64)),
        new Reply(6, true, DropReason.NoGrant, ""),
        new Reply(7, false, DropReason.ResponseUnsolicited, "no"),
        new ObservationMessage(new Observation(At, "socket-1", Mac, ObservationSource.Oui, EvidenceAttribute.Capabilities, new string('ü', Observation.MaxValueLength))),
        new LinkChanged(At, "socket-1", true),
        new BindingChanged(At, "k7m2qd", BindingState.AddressChanged, MacAddress.Broadcast, Ipv4Address.LimitedBroadcast),
        new FlowRecord(At, FlowEvent.Refused, DropReason.OperationNotGranted, "socket-1", "a", "b", "g", 17, new(1), 2, new(3), 4, 5, ulong.MaxValue, uint.MaxValue),
        new OperationRecord(DateTimeOffset.MinValue, "k7m2qd", "c", "", false, RuleMiss.Unit, Write),
        new StatusMessage(
            DateTimeOffset.MaxValue.ToUniversalTime(), 9,
            [new LinkStatus("socket-1", true, 1, 2, 3, [new(DropReason.NoGrant, 4), new(DropReason.TcpUrgent, 5)]), new LinkStatus("up", false, 0, 0, 0, [])],
            [new DeviceStatus("k7m2qd", BindingState.Verified, 1, 2, 3) { Isolation = new IsolationFacts(4, 5, 6, IsolationFacts.Never) }], 10, 11),
        new StatusMessage(At, 0, [], [], 0, 0, FastPathTier.Tcx, 17),
        new Suppressed(At, 1, ulong.MaxValue),
    ];

    public static TheoryData<int> Each => [.. Enumerable.Range(0, All.Length)];

    [Fact]
    public void Every_message_type_is_tested_here() => Assert.Equal(
        Enum.GetValues<MessageType>().Order(), All.Select(m => m.Type).Distinct().Order());

    [Theory]
    [MemberData(nameof(Each))]
    public void A_message_comes_back_as_it_was(int index)
    {
        var frame = ControlCodec.Encode(All[index]);
        var back = ControlCodec.Decode(frame);
        AssertSame(All[index], back);
        Assert.Equal(frame, ControlCodec.Encode(back));
    }

    [Theory]
    [MemberData(nameof(Each))]
    public void Cut_off_anywhere_it_is_refused(int index)
    {
        var frame = ControlCodec.Encode(All[index]);
        for (var length = 0; length < frame.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => ControlCodec.Decode(frame.AsSpan(0, length)));
            if (length >= ControlProtocol.HeaderBytes)
            {
                var shorter = frame[..length];
                BinaryPrimitives.WriteInt32LittleEndian(shorter, length - 4);
                Assert.Throws<InvalidDataException>(() => ControlCodec.Decode(shorter));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Each))]
    public void With_a_byte_too_many_it_is_refused(int index)
    {
        byte[] longer = [.. ControlCodec.Encode(All[index]), 0];
        Assert.Throws<InvalidDataException>(() => ControlCodec.Decode(longer));
        BinaryPrimitives.WriteInt32LittleEndian(longer, longer.Length - 4);
        Assert.Contains("1 bytes too many", Assert.Throws<InvalidDataException>(() => ControlCodec.Decode(longer)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Each))]
    public void Any_damage_is_refused_in_words_or_gives_another_message(int index)
    {
        var frame = ControlCodec.Encode(All[index]);
        for (var bit = 0; bit < frame.Length * 8; bit++)
        {
            var damaged = (byte[])frame.Clone();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                Assert.Equal(damaged, ControlCodec.Encode(ControlCodec.Decode(damaged)));
            }
            catch (InvalidDataException e)
            {
                Assert.NotEmpty(e.Message);
            }
        }
    }

    [Fact]
    public void Random_fields_are_refused_in_words_or_give_a_message()
    {
        var random = new Random(1);
        foreach (var type in Enum.GetValues<MessageType>())
        {
            for (var round = 0; round < 500; round++)
            {
                var frame = new byte[ControlProtocol.HeaderBytes + random.Next(120)];
                random.NextBytes(frame);
                BinaryPrimitives.WriteInt32LittleEndian(frame, frame.Length - 4);
                BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(4), (ushort)type);
                if (Record.Exception(() => ControlCodec.Decode(frame)) is { } thrown)
                    Assert.IsType<InvalidDataException>(thrown);
            }
        }
    }

    [Theory]
    [InlineData(MessageType.Reply, "00000000" + "02" + "00" + "0000", "a truth value is 0 or 1")]
    [InlineData(MessageType.Reply, "00000000" + "00" + "FF" + "0000", "255 is no DropReason")]
    [InlineData(MessageType.LinkChanged, "FFFFFFFFFFFFFFFF" + "0000" + "00", "-1 is no point in time")]
    [InlineData(MessageType.VerifyBinding, "00000000" + "0100" + "FF", "a text is not UTF-8")]
    [InlineData(MessageType.Status, "0000000000000000" + "0000000000000000" + "FFFFFF7F", "a list of 2147483647 items does not fit")]
    [InlineData(MessageType.OpenIntent, "00000000" + "0000" + "06" + "02000100" + "0000" + "00000000" + "0000", "ports 2 to 1 run backwards")]
    [InlineData(MessageType.OpenIntent, "00000000" + "0000" + "06" + "01000100" + "0000" + "09000000" + "000000000000000000000000000000000000" + "0000", "9 caller entries are named, at most 8")]
    [InlineData((MessageType)999, "", "999 is no message type of protocol version 2")]
    public void What_cannot_be_is_named(MessageType type, string fields, string message)
    {
        byte[] frame = [0, 0, 0, 0, (byte)type, (byte)((ushort)type >> 8), .. Convert.FromHexString(fields)];
        BinaryPrimitives.WriteInt32LittleEndian(frame, frame.Length - 4);
        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => ControlCodec.Decode(frame)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_that_is_too_long_is_not_sent() => Assert.Contains(
        "longer than 16777216",
        Assert.Throws<ArgumentException>(() => ControlCodec.Encode(new InstallPolicy(1, 1, new byte[ControlProtocol.MaxMessageBytes]))).Message,
        StringComparison.Ordinal);

    /// <summary>Compares field by field, into lists and bytes, because records compare those by reference.</summary>
    internal static void AssertSame(object? expected, object? actual)
    {
        if (expected is ReadOnlyMemory<byte> bytes)
            Assert.Equal(bytes.ToArray(), Assert.IsType<ReadOnlyMemory<byte>>(actual).ToArray());
        else if (expected is IEnumerable list and not string)
            Assert.All(list.Cast<object>().Zip(((IEnumerable)actual!).Cast<object>().Append(null)), pair => AssertSame(pair.First, pair.Second));
        else if (expected?.GetType() is { Namespace: "Gateway.Core.Control", IsEnum: false } type)
        {
            foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.GetIndexParameters().Length == 0))
                AssertSame(property.GetValue(expected), property.GetValue(actual));
        }
        else
            Assert.Equal(expected, actual);
    }
}
