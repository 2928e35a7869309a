using Gateway.Core.Fabric;

namespace Gateway.Core.Tests.Fabric;

public sealed class CorridorWireTests
{
    [Fact]
    public void A_dial_path_is_the_default_template_of_connect_tcp()
    {
        Assert.Equal("/.well-known/masque/tcp/plc-7/502/", CorridorWire.DialPath("plc-7", 502));
        Assert.True(CorridorWire.TryParseDial("/.well-known/masque/tcp/plc-7/502/", out var target, out var port));
        Assert.Equal(("plc-7", (ushort)502), (target, port));
    }

    [Theory]
    [InlineData("/.well-known/masque/tcp/plc-7/502")]
    [InlineData("/.well-known/masque/tcp/plc-7/502/x")]
    [InlineData("/.well-known/masque/tcp/plc-7/")]
    [InlineData("/.well-known/masque/tcp//502/")]
    [InlineData("/.well-known/masque/tcp/plc-7/65536/")]
    [InlineData("/.well-known/masque/tcp/plc-7/-1/")]
    [InlineData("/.well-known/masque/tcp/plc-7/+502/")]
    [InlineData("/.well-known/masque/tcp/plc-7/0502/")]
    [InlineData("/.well-known/masque/tcp/plc-7/502\0/")]
    [InlineData("/.well-known/masque/tcp/plc-7/502 /")]
    [InlineData("/.well-known/masque/tcp/PLC-7/502/")]
    [InlineData("/.well-known/masque/tcp/plc%2d7/502/")]
    [InlineData("/.well-known/masque/tcp/../502/")]
    [InlineData("/.well-known/masque/udp/plc-7/502/")]
    [InlineData("")]
    public void A_dial_path_of_any_other_form_is_refused(string path) => Assert.False(CorridorWire.TryParseDial(path, out _, out _));

    [Fact]
    public void A_door_path_names_a_device_and_nothing_else()
    {
        Assert.True(CorridorWire.TryParseDoor(CorridorWire.DoorPath("plc-7"), out var device));
        Assert.Equal("plc-7", device);
        foreach (var path in (string[])["/corridor/v1/doors/", "/corridor/v1/doors/plc-7/", "/corridor/v1/doors/a/b", "/corridor/v1/door/plc-7", "x"])
            Assert.False(CorridorWire.TryParseDoor(path, out _));
    }

    [Theory]
    [InlineData("plc-7/modbus", "plc-7", 502)]
    [InlineData("plc-7:502", "plc-7", 502)]
    [InlineData("plc-7/8502", "plc-7", 8502)]
    [InlineData("cam-1/rtsp", "cam-1", 554)]
    [InlineData("historian", "historian", 0)]
    public void A_target_reads_as_people_write_it(string text, string name, int port)
    {
        Assert.True(DialTarget.TryParse(text, out var target, out _));
        Assert.Equal(new DialTarget(name, (ushort)port), target);
        Assert.Equal(port == 0, target.IsService);
    }

    [Theory]
    [InlineData("plc-7:0", "1 to 65535")]
    [InlineData("plc-7:", "1 to 65535")]
    [InlineData("plc-7/mdobus", "modbus=502")]
    [InlineData("plc-7:70000", "70000")]
    [InlineData("PLC-7:502", "'P'")]
    [InlineData("", "1 to 63")]
    [InlineData("plc-7:502:1", "502:1")]
    public void A_wrong_target_is_explained(string text, string part)
    {
        Assert.False(DialTarget.TryParse(text, out _, out var wrong));
        Assert.Contains(part, wrong, StringComparison.Ordinal);
    }

    [Fact]
    public void Back_off_doubles_up_to_its_cap_with_half_of_it_left_to_chance_and_starts_over_after_success()
    {
        var backOff = new BackOff(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1), new Random(5));
        foreach (var step in (double[])[100, 200, 400, 800, 1000, 1000, 1000])
            Assert.InRange(backOff.Next().TotalMilliseconds, step / 2, step);
        backOff.Reset();
        Assert.InRange(backOff.Next().TotalMilliseconds, 50, 100);
    }

    [Fact]
    public void Back_off_differs_between_two_who_fail_together()
    {
        var first = new BackOff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30), new Random(1));
        var second = new BackOff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30), new Random(2));
        Assert.NotEqual(first.Next(), second.Next());
    }
}
