using Gateway.WebUi.Tests.Fakes;

namespace Gateway.WebUi.Tests;

/// <summary>Not a test: keeps the pages running on the fake service, to look at them. Run it by name with <c>-explicit only</c>;
/// GATEWAY_DEV_LISTEN sets where (default 127.0.0.1:8443), GATEWAY_DEV_STORY what is there (empty, plant),
/// GATEWAY_DEV_SOCKETS how many sockets the box has. It ends with Ctrl+C.</summary>
public class DevHost
{
    [Fact(Explicit = true)]
    public async Task Serve_the_pages_on_a_fake_service_until_stopped()
    {
        var listen = Environment.GetEnvironmentVariable("GATEWAY_DEV_LISTEN") ?? "127.0.0.1:8443";
        await using var site = await TestSite.StartAsync(listen: listen);
        site.Box.Sockets = int.Parse(Environment.GetEnvironmentVariable("GATEWAY_DEV_SOCKETS") ?? "8", System.Globalization.CultureInfo.InvariantCulture);
        if (Environment.GetEnvironmentVariable("GATEWAY_DEV_STORY") is not "empty")
        {
            site.SignedIn().Dispose();
            Fill(site.Box);
        }
        TestContext.Current.SendDiagnosticMessage($"{site.Address} claim code {FakeBox.ClaimCode}, or keller / a long enough password");
        await Task.Delay(Timeout.Infinite, TestContext.Current.CancellationToken);
    }

    private static void Fill(FakeBox box)
    {
        var plc = box.ProtectPlc(1, "aaaaaa", "plc-filler-2");
        box.ProtectPlc(2, "bbbbbb", "camera-gate");
        box.Apply(box.ProtectPlc(3, "cccccc", "sorter-a"), new Core.Devices.CutOffDevice(box.Now, "keller"));
        box.Break(box.ProtectPlc(4, "dddddd", "badge-door-2"));
        box.PlugPlc();
        box.ProtectPlc(6, "eeeeee", "drive-m4-conveyor-hall-3-north").Online = false;
        var named = box.PlugPlc(7, "ffffff", "28:63:36:aa:10:77");
        box.Apply(named, new Core.Devices.NameDevice(box.Now, "keller", "sps-fueller-3", Core.Devices.DeviceKind.Plc,
            System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty, "", "", ""));
        for (var i = 0; i < 3; i++)
            box.RefuseWrite(plc);
        box.Record("flow-refused", "notice", "10.3.9.77", plc, ("from", "10.3.9.77"), ("to", "plc-filler-2"), ("port", "tcp/80"), ("reason", "NoGrant"), ("count", "2"));
    }
}
