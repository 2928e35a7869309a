using System.Text;
using Gateway.Core.Policy;

namespace Gateway.Core.Tests.Policy;

/// <summary>No input makes the reader throw, and no error is without words.</summary>
public sealed class SiteFuzzTests
{
    private static readonly string[] Tokens =
    [
        ":", ": ", "- ", "\n", "\n  ", "[", "]", "{", "}", ",", "\"", "'", "&a ", "*a", "!x ", "|", ">", "%", "#", "@", "`", "\t", "---", "...",
        "~", "null", "true", "-1", "0", "999999999999", "tcp/", "/24", "0.0.0.0/0", "255.255.255.255/32", "<<: ", "? ", "\0", "\uD800", "\u0085",
        "\\x", "name", "devices", "from", "to", "as: 1.1.1.1", "labels: {}", "modbus", "ff:ff:ff:ff:ff:ff",
    ];

    [Fact]
    public void Random_bytes_are_refused_in_words()
    {
        var random = new Random(1);
        for (var round = 0; round < 2_000; round++)
        {
            var bytes = new byte[random.Next(0, 200)];
            random.NextBytes(bytes);
            Check(SiteReader.Read(bytes), Convert.ToHexString(bytes));
        }
    }

    [Fact]
    public void A_damaged_site_is_read_or_refused_in_words() => Damage(seed: 2, rounds: 300);

    [Fact]
    [Trait("Category", "Slow")]
    public void A_site_damaged_many_times_is_read_or_refused_in_words() => Damage(seed: 3, rounds: 20_000);

    [Fact]
    public void A_site_cut_off_anywhere_is_read_or_refused_in_words()
    {
        for (var length = 0; length < Sites.Hall.Length; length += 7)
            Check(SiteReader.Read(Sites.Hall[..length]), $"cut at {length}");
    }

    private static void Damage(int seed, int rounds)
    {
        var random = new Random(seed);
        for (var round = 0; round < rounds; round++)
        {
            var yaml = new StringBuilder(Sites.Hall);
            for (var i = random.Next(1, 4); i > 0; i--)
                DamageOnce(yaml, random);
            Check(SiteReader.Read(yaml.ToString()), $"seed {seed}, round {round}");
        }
    }

    private static void DamageOnce(StringBuilder yaml, Random random)
    {
        var at = random.Next(yaml.Length);
        var length = Math.Min(random.Next(1, 40), yaml.Length - at);
        switch (random.Next(5))
        {
            case 0: yaml.Remove(at, length); break;
            case 1: yaml.Insert(at, Tokens[random.Next(Tokens.Length)]); break;
            case 2: yaml[at] = (char)random.Next(32, 127); break;
            case 3: yaml.Insert(random.Next(yaml.Length), yaml.ToString(at, length)); break;
            default: yaml.Remove(at, length).Insert(at, Tokens[random.Next(Tokens.Length)]); break;
        }
    }

    private static void Check(SiteReadResult result, string what)
    {
        Assert.True(result.Valid == (result.Errors.Count == 0), what);
        Assert.All(result.Errors, e => Assert.NotEmpty(e.Message));
        if (result.Valid)
            Assert.True(PolicyCompiler.Compile(result.Document).Valid, what);
    }
}
