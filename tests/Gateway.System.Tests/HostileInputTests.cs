using System.Net;
using System.Net.Http.Json;
using Gateway.Plant;

namespace Gateway.SystemTests;

/// <summary>Bad input from the wire and from people, while the line runs.</summary>
[Trait("Category", "Slow")]
public sealed class HostileInputTests(RunningPlant plant) : IClassFixture<RunningPlant>
{
    /// <summary>Frames of any shape: random bytes, cut and bent headers of real protocols, and giants, with a fixed seed.</summary>
    private const string Flood =
        """
        import random, sys
        from scapy.all import Ether, ARP, IP, TCP, UDP, ICMP, DHCP, BOOTP, Dot1Q, Raw, fuzz, conf
        random.seed(7)
        socket = conf.L2socket(iface="eth0")
        own, gateway = sys.argv[1], "ff:ff:ff:ff:ff:ff"
        shapes = [
            lambda: fuzz(ARP()), lambda: fuzz(IP()) / fuzz(TCP()), lambda: fuzz(IP()) / fuzz(UDP()), lambda: fuzz(IP()) / fuzz(ICMP()),
            lambda: IP(src="192.168.20.31", dst="192.168.10.21", flags="MF", frag=random.randrange(8191)) / Raw(random.randbytes(64)),
            lambda: Dot1Q(vlan=random.randrange(4096)) / fuzz(IP()), lambda: IP() / UDP(sport=68, dport=67) / BOOTP() / fuzz(DHCP()),
            lambda: Raw(random.randbytes(random.randrange(1, 1400))),
        ]
        for n in range(4000):
            frame = bytes(Ether(src=own if n % 4 else None, dst=gateway) / random.choice(shapes)())
            if n % 3 == 0:
                frame = frame[:random.randrange(1, len(frame))]
            try:
                socket.send(frame[:1514].ljust(14, b"\0"))
            except OSError:
                pass
        print("sent")
        """;

    [Fact]
    public async Task Frames_of_any_shape_do_not_stop_the_line()
    {
        Need.Path("/usr/lib/python3/dist-packages/scapy", "python3-scapy");
        plant.Start();
        var line = await Line.StartAsync(plant);
        var before = line.Count();
        var restarts = plant.Box.Dataplane!.Restarts;
        var sent = plant.Plant.Device(PlantLayout.Camera).Run(TimeSpan.FromMinutes(3), "/usr/bin/python3", ["-c", Flood, PlantLayout.Camera.Mac]);
        Assert.Contains("sent", sent.Require("the flood").Output, StringComparison.Ordinal);
        await line.UntilRunningAsync(10);
        Assert.Equal(restarts, plant.Box.Dataplane!.Restarts);
        var after = line.Count();
        // The machine that runs all of this is busy itself; a line that stopped would have missed them all.
        Assert.True(after.Missed - before.Missed < (after.Cycles - before.Cycles) / 5 + 5, $"{after.Missed - before.Missed} of {after.Cycles - before.Cycles} cycles missed");
        Assert.Equal(HttpStatusCode.OK, (await plant.Api.Http.GetAsync("status", TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task Wrong_claim_codes_are_answered_more_and_more_slowly_and_the_right_one_still_counts()
    {
        plant.Start();
        var waits = new List<TimeSpan>();
        for (var n = 0; n < 12; n++)
        {
            using var answer = await ClaimAsync("AAAA-BBBB-CCCC");
            if (answer.StatusCode == HttpStatusCode.TooManyRequests)
                waits.Add(answer.Headers.RetryAfter!.Delta!.Value);
            else
                Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }
        Assert.NotEmpty(waits);
        var code = plant.Box.ClaimCode;
        Assert.NotEmpty(code);
        var last = HttpStatusCode.OK;
        await Until.TrueAsync(async () =>
        {
            using var answer = await ClaimAsync(code);
            last = answer.StatusCode;
            return last == HttpStatusCode.Created;
        }, $"the right code counts after the wait (last answer {last})", 90);
        Assert.Empty(plant.Box.ClaimCode);
        using var again = await ClaimAsync(code);
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
    }

    [Fact]
    public void A_malformed_site_file_is_refused_by_line_field_and_cure_and_nothing_starts()
    {
        plant.Start();
        var broken = Path.Combine(plant.Box.SiteFolder, "broken.yaml");
        File.WriteAllText(broken, GatewayBox.DefaultSite().Replace("role: uplink", "role: upstream", StringComparison.Ordinal));
        var dataplane = plant.Box.RunDataplane("--site", broken, "--check");
        Assert.NotEqual(0, dataplane.ExitCode);
        Assert.Matches("line 13: links.9..role: .*upstream.*uplink", dataplane.Error + dataplane.Output);
        // Control: the file in use passes the same check.
        Assert.Equal(0, plant.Box.RunDataplane("--site", plant.Box.SiteFile, "--check").ExitCode);
        var check = plant.Box.Ctl("policy", "check", broken);
        Assert.NotEqual(0, check.ExitCode);
        Assert.Contains("upstream", check.Output + check.Error, StringComparison.Ordinal);
    }

    private Task<HttpResponseMessage> ClaimAsync(string code) => plant.Api.Http.PostAsJsonAsync(
        "claim", new { code, name = "engineer", password = "a long enough password" }, TestContext.Current.CancellationToken);
}
