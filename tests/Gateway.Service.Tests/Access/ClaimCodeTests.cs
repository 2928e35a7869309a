using Gateway.Service.Access;

namespace Gateway.Service.Tests.Access;

/// <summary>The code of the first start.</summary>
public sealed class ClaimCodeTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_code_is_random_and_stays_until_it_is_spent()
    {
        var code = new ClaimCode(_folder.File("code"));
        var text = code.Ensure();
        Assert.Matches("^[A-HJKMNP-Z2-9]{4}-[A-HJKMNP-Z2-9]{4}-[A-HJKMNP-Z2-9]{4}$", text);
        Assert.Equal(text, code.Ensure());
        Assert.NotEqual(text, new ClaimCode(_folder.File("other")).Ensure());
    }

    [Fact]
    public void Only_the_owner_reads_its_file()
    {
        new ClaimCode(_folder.File("code")).Ensure();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.File("code")));
    }

    [Fact]
    public void It_matches_however_it_is_typed_and_nothing_else_does()
    {
        var code = new ClaimCode(_folder.File("code"));
        var text = code.Ensure();
        Assert.True(code.Matches(text.ToLowerInvariant().Replace("-", "  ", StringComparison.Ordinal)));
        Assert.False(code.Matches(""));
        Assert.False(code.Matches(text[..^1]));
        Assert.False(code.Matches(text + "A"));
    }

    [Fact]
    public void Spent_it_matches_no_more()
    {
        var code = new ClaimCode(_folder.File("code"));
        var text = code.Ensure();
        code.Spend();
        Assert.False(code.Matches(text));
        Assert.False(code.Matches(""));
    }
}
