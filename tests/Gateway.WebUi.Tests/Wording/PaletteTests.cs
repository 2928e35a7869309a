using System.Globalization;
using System.Text.RegularExpressions;

namespace Gateway.WebUi.Tests.Wording;

/// <summary>axe cannot judge text in drawings, so the ratios of the palette are computed here (WCAG 2.2, relative luminance).</summary>
public class PaletteTests
{
    private static readonly string[] States = ["new", "learning", "testrun", "protected", "refused", "offline", "visit"];

    public static TheoryData<string, int> Palettes
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (var block in Blocks().Select((block, index) => (block.Selector, index)))
                data.Add(block.Selector, block.index);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Palettes))]
    public void Text_and_states_stand_out_seven_to_one_on_cards_and_nearly_so_on_the_page(string selector, int index)
    {
        var colours = Blocks()[index].Colours;
        Assert.All(States.Concat(["text", "muted", "focus", "primary"]), name =>
        {
            Assert.True(Ratio(colours[name], colours["card"]) >= 6.6, $"{selector} {name} on card: {Ratio(colours[name], colours["card"]):F2}");
            Assert.True(Ratio(colours[name], colours["page"]) >= 5.8, $"{selector} {name} on page: {Ratio(colours[name], colours["page"]):F2}");
        });
        Assert.True(Ratio(colours["on-primary"], colours["primary"]) >= 7, $"{selector} text on primary");
        Assert.True(Ratio(colours["border"], colours["card"]) >= 3 && Ratio(colours["border"], colours["page"]) >= 3, $"{selector} border");
    }

    [Theory]
    [InlineData("#0b4f8a", "#ffffff", 8.40)]
    [InlineData("#a3121b", "#eef1f4", 6.96)]
    [InlineData("#8cc4ff", "#1a242d", 8.59)]
    [InlineData("#000000", "#ffffff", 21)]
    public void Control_the_computation_gives_the_ratios_of_the_design(string one, string other, double ratio) =>
        Assert.Equal(ratio, Ratio(one, other), 0.011);

    [Fact]
    public void The_palette_is_that_of_the_design()
    {
        var blocks = Blocks();
        Assert.Equal(["#0b4f8a", "#5b2a86", "#7a4a00", "#0b6b35", "#a3121b", "#4a5560", "#005f61"], States.Select(state => blocks[0].Colours[state]));
        Assert.Equal(["#8cc4ff", "#d0b0ff", "#ffc266", "#7fdc9f", "#ff9c9c", "#c0cad3", "#7fe0e0"], States.Select(state => blocks[1].Colours[state]));
    }

    [Fact]
    public void Automatic_dark_and_chosen_dark_are_the_same_and_so_is_contrast()
    {
        var blocks = Blocks();
        Assert.Equal([":root", ".appearance-dark", ".appearance-contrast", ".appearance-automatic", ".appearance-automatic"], blocks.Select(block => block.Selector));
        Assert.Equal(blocks[1].Colours, blocks[3].Colours);
        Assert.Equal(blocks[2].Colours, blocks[4].Colours);
    }

    private static List<(string Selector, Dictionary<string, string> Colours)> Blocks()
    {
        var css = File.ReadAllText(Path.Combine(Need.ProjectRoot(), "src", "Gateway.WebUi", "wwwroot", "css", "20-palette.css"));
        return [.. Regex.Matches(css, @"(:root|\.appearance-\w+) \{([^}]*)\}").Select(block => (block.Groups[1].Value,
            Regex.Matches(block.Groups[2].Value, "--([a-z-]+): (#[0-9a-f]{6});").ToDictionary(c => c.Groups[1].Value, c => c.Groups[2].Value)))];
    }

    private static double Ratio(string one, string other)
    {
        var (a, b) = (Luminance(one), Luminance(other));
        return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);
    }

    private static double Luminance(string colour)
    {
        double Channel(int at)
        {
            var value = int.Parse(colour.AsSpan(at, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0;
            return value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
        }

        return (0.2126 * Channel(1)) + (0.7152 * Channel(3)) + (0.0722 * Channel(5));
    }
}
