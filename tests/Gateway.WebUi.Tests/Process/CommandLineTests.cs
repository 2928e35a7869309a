using System.Net.Sockets;

namespace Gateway.WebUi.Tests.Process;

[Trait("Category", "Slow")]
public class CommandLineTests
{
    [Fact]
    public async Task Help_names_every_option()
    {
        await using var program = WebProgram.Start(["--help"]);
        Assert.Equal(0, await program.ExitAsync());
        Assert.All(["--listen", "--api", "--state", "--name", "fingerprint", "127.0.0.1:8443", "/run/gateway/api.sock"],
            word => Assert.Contains(word, program.Output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--listen", "127.0.0.1", "'127.0.0.1' is no address with a port; write for example 127.0.0.1:8443")]
    [InlineData("--name", "not a name", "'not a name' is no host name or address; write for example gw-hall3.plant.local")]
    [InlineData("--lisen", "127.0.0.1:1", "--lisen")]
    public async Task A_wrong_value_is_named_with_what_would_be_right_and_nothing_starts(string option, string value, string message)
    {
        using var folder = new TempFolder();
        await using var program = WebProgram.Start([option, value, "--state", folder.File("state")]);
        Assert.NotEqual(0, await program.ExitAsync());
        Assert.Contains(message, program.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("state")));
    }

    [Fact]
    public async Task The_fingerprint_that_is_printed_at_the_start_can_be_asked_for_later()
    {
        using var folder = new TempFolder();
        await using (var early = WebProgram.Start(["fingerprint", "--state", folder.File("state")]))
        {
            Assert.Equal(1, await early.ExitAsync());
            Assert.Contains("it is made at the first start", early.Output, StringComparison.Ordinal);
        }
        await using var program = WebProgram.Start(["--listen", "127.0.0.1:0", "--listen", "[::1]:0", "--api", folder.File("none.sock"), "--state", folder.File("state")]);
        var printed = await program.UntilAsync("certificate SHA-256");
        Assert.Equal(2, program.Output.Split("listens on https://").Length - 1);
        await using var asked = WebProgram.Start(["fingerprint", "--state", folder.File("state")]);
        Assert.Equal(0, await asked.ExitAsync());
        Assert.EndsWith(asked.Output.Trim(), printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_said_in_one_line()
    {
        using var folder = new TempFolder();
        var taken = new TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        await using var program = WebProgram.Start(["--listen", taken.LocalEndpoint.ToString()!, "--state", folder.File("state")]);
        Assert.Equal(1, await program.ExitAsync());
        var line = program.Output.Split('\n').Single(line => line.StartsWith("gateway-web: ", StringComparison.Ordinal));
        Assert.Contains("address already in use", line, StringComparison.OrdinalIgnoreCase);
        taken.Dispose();
    }

    [Fact]
    public async Task A_state_folder_that_cannot_be_made_is_one_line()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("file"), "");
        await using var program = WebProgram.Start(["--listen", "127.0.0.1:0", "--state", folder.File("file") + "/state"]);
        Assert.Equal(1, await program.ExitAsync());
        Assert.StartsWith("gateway-web: ", program.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", program.Output, StringComparison.Ordinal);
    }
}
