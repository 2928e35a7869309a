using System.Buffers;
using System.Text;
using Gateway.Core.Fabric;

namespace Gateway.Core.Tests.Fabric;

public sealed class CorridorWireDoorTests
{
    private static readonly DoorRequest Scada = new(
        "1f2e", "spiffe://plant-3/client/scada", "scada", ["operators"], "ab12", 502);

    [Fact]
    public void A_request_has_the_bytes_of_the_decision()
    {
        const string json = """{"flow":"1f2e","caller":"spiffe://plant-3/client/scada","name":"scada","groups":["operators"],"fingerprint":"ab12","port":502}""";
        byte[] vector = [0, (byte)json.Length, .. Encoding.UTF8.GetBytes(json)];
        Assert.Equal(vector, CorridorWireDoor.Encode(Scada));
        Assert.True(Read(vector, out DoorRequest? read, out var consumed));
        Assert.Equal(vector.Length, consumed);
        Assert.Equal(Scada with { Groups = [] }, read! with { Groups = [] });
        Assert.Equal(Scada.Groups, read!.Groups);
    }

    [Theory]
    [InlineData("""{"accept":true}""", true, "", false)]
    [InlineData("""{"accept":false,"reason":"no grant"}""", false, "no grant", false)]
    [InlineData("""{"accept":false,"reason":"silent","unreachable":true}""", false, "silent", true)]
    [InlineData("""{"accept":true,"later":"field"}""", true, "", false)]
    public void An_answer_reads(string json, bool accept, string reason, bool unreachable)
    {
        Assert.True(Read(Frame(json), out DoorAnswer? answer, out _));
        Assert.Equal(new DoorAnswer(accept, reason, unreachable), answer);
        Assert.True(Read(CorridorWireDoor.Encode(answer!), out DoorAnswer? again, out _));
        Assert.Equal(answer, again);
    }

    [Fact]
    public void A_frame_cut_at_any_byte_asks_for_more()
    {
        var frame = CorridorWireDoor.Encode(Scada);
        for (var length = 0; length < frame.Length; length++)
            Assert.False(Read(frame[..length], out DoorRequest? _, out _));
    }

    [Fact]
    public void A_frame_in_many_pieces_reads_and_what_follows_is_left()
    {
        var frame = CorridorWireDoor.Encode(Scada);
        Assert.True(CorridorWireDoor.TryDecode(Pieces.Of([.. frame, 1, 2, 3]), out DoorRequest? read, out var consumed));
        Assert.Equal((frame.Length, "scada"), (consumed, read!.Name));
    }

    [Fact]
    public void A_misspelt_word_in_many_pieces_is_refused()
    {
        var pieces = Pieces.Of(Frame("""{"accept":truu}"""));
        Assert.Throws<InvalidDataException>(() => CorridorWireDoor.TryDecode(pieces, out DoorAnswer? _, out _));
    }

    [Theory]
    [InlineData("""{"flow":"1f2e"}""")]
    [InlineData("""{"flow":null,"caller":"a","name":"a","groups":[],"fingerprint":"a","port":502}""")]
    [InlineData("""{"flow":"","caller":"a","name":"a","groups":[],"fingerprint":"a","port":502}""")]
    [InlineData("""{"flow":"a","caller":"a","name":"a","groups":null,"fingerprint":"a","port":502}""")]
    [InlineData("""{"flow":"a","caller":"a","name":"a","groups":[null],"fingerprint":"a","port":502}""")]
    [InlineData("""{"flow":"a","caller":"a","name":"a","groups":[],"fingerprint":"a","port":0}""")]
    [InlineData("""{"flow":"a","caller":"a","name":"a","groups":[],"fingerprint":"a","port":65536}""")]
    [InlineData("""{"flow":"a","caller":"a","name":"a","groups":[],"fingerprint":"a","port":"502"}""")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("not json")]
    public void A_request_that_is_not_whole_is_refused(string json) =>
        Assert.Throws<InvalidDataException>(() => Read(Frame(json), out DoorRequest? _, out _));

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"accept":"true"}""")]
    [InlineData("""{"accept":1}""")]
    [InlineData("""{"accept":false,"reason":null}""")]
    public void An_answer_that_does_not_say_yes_or_no_is_refused(string json) =>
        Assert.Throws<InvalidDataException>(() => Read(Frame(json), out DoorAnswer? _, out _));

    [Fact]
    public void Bounds_hold()
    {
        Assert.Throws<InvalidDataException>(() => Read([0, 0], out DoorAnswer? _, out _));
        // Refused by its length alone, before a byte of it came.
        Assert.Throws<InvalidDataException>(() => Read([0x10, 0x01], out DoorAnswer? _, out _));
        Assert.Throws<InvalidDataException>(() => Read([0xff, 0xff], out DoorAnswer? _, out _));
        var groups = Enumerable.Range(0, CorridorWireDoor.MaxGroups + 1).Select(number => $"g{number}").ToArray();
        Assert.Throws<InvalidDataException>(() => Read(CorridorWireDoor.Encode(Scada with { Groups = groups }), out DoorRequest? _, out _));
        Assert.Throws<InvalidDataException>(() => CorridorWireDoor.Encode(Scada with { Name = new string('x', 5000) }));
        Assert.Throws<InvalidDataException>(() => Read(Frame($$"""{"accept":false,"reason":"{{new string('x', 513)}}"}"""), out DoorAnswer? _, out _));
    }

    [Fact]
    public void The_longest_honest_request_fits()
    {
        var longest = Scada with
        {
            Caller = $"spiffe://{new string('s', 255)}/client/{new string('n', 63)}",
            Name = new string('n', 63),
            Groups = [.. Enumerable.Range(0, CorridorWireDoor.MaxGroups).Select(number => $"{number:D2}{new string('g', 61)}")],
            Fingerprint = new string('f', 64),
        };
        Assert.True(Read(CorridorWireDoor.Encode(longest), out DoorRequest? read, out _));
        Assert.Equal(longest.Groups, read!.Groups);
    }

    [Fact]
    public void A_long_reason_is_cut_when_written()
    {
        Assert.True(Read(CorridorWireDoor.Encode(new DoorAnswer(false, new string('x', 10_000))), out DoorAnswer? answer, out _));
        Assert.Equal(CorridorWireDoor.MaxReasonLength, answer!.Reason.Length);
    }

    [Fact]
    public void Random_changes_never_escape_as_another_exception()
    {
        var random = new Random(13);
        var frame = CorridorWireDoor.Encode(Scada);
        for (var round = 0; round < 5_000; round++)
        {
            var bytes = (byte[])frame.Clone();
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                Read(bytes, out DoorRequest? _, out _);
            }
            catch (InvalidDataException)
            {
                // What a bad frame must do.
            }
        }
    }

    private static bool Read(byte[] bytes, out DoorRequest? request, out int consumed) =>
        CorridorWireDoor.TryDecode(new ReadOnlySequence<byte>(bytes), out request, out consumed);

    private static bool Read(byte[] bytes, out DoorAnswer? answer, out int consumed) =>
        CorridorWireDoor.TryDecode(new ReadOnlySequence<byte>(bytes), out answer, out consumed);

    private static byte[] Frame(string json)
    {
        var body = Encoding.UTF8.GetBytes(json);
        return [(byte)(body.Length >> 8), (byte)body.Length, .. body];
    }
}
