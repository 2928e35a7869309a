using System.Collections.Immutable;
using Gateway.Core.Policy;

namespace Gateway.Core.Tests.Policy;

public sealed class LabelSetTests
{
    [Theory]
    [InlineData("kind=plc", "kind=plc", true)]
    [InlineData("kind=plc line=2", "kind=plc", true)]
    [InlineData("kind=plc line=2", "line=2 kind=plc", true)]
    [InlineData("kind=plc", "", true)]
    [InlineData("kind=plc", "kind=plc line=2", false)]
    [InlineData("kind=plc line=1", "kind=plc line=2", false)]
    [InlineData("kind=PLC", "kind=plc", false)]
    [InlineData("", "kind=plc", false)]
    public void Every_wanted_label_must_be_there_with_its_value(string have, string want, bool matches) =>
        Assert.Equal(matches, LabelSet.Matches(Set(have), Set(want)));

    [Theory]
    [InlineData("kind=plc line=2", "line=2 kind=plc", true)]
    [InlineData("kind=plc", "kind=plc line=2", false)]
    [InlineData("kind=plc", "kind=drive", false)]
    [InlineData("", "", true)]
    public void Sets_are_the_same_when_all_labels_are(string one, string other, bool same) => Assert.Equal(same, LabelSet.Same(Set(one), Set(other)));

    [Theory]
    [InlineData("line-2_a.b", true)]
    [InlineData("Line", false)]
    [InlineData("2line", false)]
    [InlineData("li ne", false)]
    [InlineData("", false)]
    public void A_key_is_a_plain_word(string key, bool right) => Assert.Equal(right, LabelSet.CheckKey(key) is null);

    [Theory]
    [InlineData("Filler 2, Halle Süd", true)]
    [InlineData("🏭", true)]
    [InlineData(" a", false)]
    [InlineData("a\n", false)]
    [InlineData("a\u202Eb", false)]
    [InlineData("a\u2028b", false)]
    [InlineData("", false)]
    public void A_value_is_what_can_be_shown(string value, bool right) => Assert.Equal(right, LabelSet.CheckValue(value) is null);

    /// <summary>Not in the list above: attributes cannot hold half a character.</summary>
    [Fact]
    public void Half_a_character_is_no_value() => Assert.NotNull(LabelSet.CheckValue("a\uD800b"));

    [Fact]
    public void Labels_are_shown_in_one_order_whatever_the_culture() =>
        Assert.Equal("a=1, b-c=2, b_c=3, ba=4", LabelSet.Format(Set("ba=4 b_c=3 b-c=2 a=1")));

    private static ImmutableSortedDictionary<string, string> Set(string text) => LabelSet.From(text
        .Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(l => KeyValuePair.Create(l.Split('=')[0], l.Split('=')[1])));
}
