using Gateway.Core.Identity;

namespace Gateway.Core.Tests.Identity;

public sealed class SpiffeIdTests
{
    [Theory]
    [InlineData("spiffe://plant-3", SpiffeKind.Site, "plant-3", "", "")]
    [InlineData("spiffe://plant-3/ot/line-2/plc-7", SpiffeKind.Device, "plant-3", "line-2", "plc-7")]
    [InlineData("spiffe://plant-3.example/client/scada", SpiffeKind.Client, "plant-3.example", "", "scada")]
    [InlineData("spiffe://plant_3/gateway/line-2", SpiffeKind.Gateway, "plant_3", "", "line-2")]
    [InlineData("spiffe://plant-3/hub/hub", SpiffeKind.Hub, "plant-3", "", "hub")]
    public void An_id_of_each_form_reads_and_writes_back(string text, SpiffeKind kind, string site, string segment, string name)
    {
        var id = SpiffeId.Parse(text);
        Assert.Equal((kind, site, segment, name), (id.Kind, id.Site, id.Segment, id.Name));
        Assert.Equal(text, id.ToString());
        Assert.Equal(id, SpiffeId.Parse(id.ToString()));
    }

    [Theory]
    [InlineData("SPIFFE://plant-3/client/scada")]
    [InlineData("https://plant-3/client/scada")]
    [InlineData("spiffe://Plant-3/client/scada")]
    [InlineData("spiffe:///client/scada")]
    [InlineData("spiffe://plant-3:443/client/scada")]
    [InlineData("spiffe://user@plant-3/client/scada")]
    [InlineData("spiffe://plant-3/")]
    [InlineData("spiffe://plant-3/client/scada/")]
    [InlineData("spiffe://plant-3//client/scada")]
    [InlineData("spiffe://plant-3/client/../gateway/line-2")]
    [InlineData("spiffe://plant-3/client/.")]
    [InlineData("spiffe://plant-3/client/sc%61da")]
    [InlineData("spiffe://plant-3/client/scada?x=1")]
    [InlineData("spiffe://plant-3/client/scada#x")]
    [InlineData("spiffe://plant-3/client/Scada")]
    [InlineData("spiffe://plant-3/client/-scada")]
    [InlineData("spiffe://plant-3/client/scada-")]
    [InlineData("spiffe://plant-3/client/sca da")]
    [InlineData("spiffe://plant-3/ot/line-2")]
    [InlineData("spiffe://plant-3/ot/line-2/plc-7/x")]
    [InlineData("spiffe://plant-3/user/scada")]
    [InlineData("")]
    [InlineData(null)]
    public void A_text_that_two_readers_could_read_differently_is_refused(string? text)
    {
        Assert.False(SpiffeId.TryParse(text, out _, out var wrong));
        Assert.NotEmpty(wrong);
    }

    [Fact]
    public void Lengths_are_bounded()
    {
        Assert.True(SpiffeId.TryParse($"spiffe://{new string('a', 255)}/client/{new string('b', 63)}", out _, out _));
        Assert.False(SpiffeId.TryParse($"spiffe://{new string('a', 256)}/client/b", out _, out _));
        Assert.False(SpiffeId.TryParse($"spiffe://a/client/{new string('b', 64)}", out _, out _));
        Assert.False(SpiffeId.TryParse(new string('s', 100_000), out _, out _));
    }

    [Fact]
    public void A_wrong_name_is_explained_with_the_letter_and_an_example()
    {
        var wrong = Assert.Throws<FormatException>(() => SpiffeId.ForClient("plant-3", "SCADA")).Message;
        Assert.Contains("'S'", wrong, StringComparison.Ordinal);
        Assert.Contains("plc-7", wrong, StringComparison.Ordinal);
    }
}
