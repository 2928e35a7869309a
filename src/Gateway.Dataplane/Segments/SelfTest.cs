using Gateway.Core.Control;
using Gateway.Core.Net;
using Gateway.Core.Policy;
using Gateway.Dataplane.Filter;
using Gateway.Dataplane.Links;
using Gateway.Dataplane.Pipeline;
using Gateway.Dataplane.Wire;

namespace Gateway.Dataplane.Segments;

/// <summary>What the self-test knows of one device. Times by the loop's clock; 0 for never.</summary>
internal struct IsolationTimes
{
    public long NextTestMs;
    public long TestedAtMs;
    public long OthersAtMs;
    public long BesideAtMs;
    public long ForOthersAtMs;

    /// <summary>Address that is nobody's, asked for at the last test; 0: none.</summary>
    public uint Canary;

    /// <summary>Link from whose side the next test begins to look for the device.</summary>
    public int NextLink;

    public readonly IsolationFacts At(long nowMs) => new(Ago(nowMs, TestedAtMs), Ago(nowMs, OthersAtMs), Ago(nowMs, BesideAtMs), Ago(nowMs, ForOthersAtMs));

    private static uint Ago(long nowMs, long atMs) => atMs == 0 ? IsolationFacts.Never : (uint)Math.Clamp((nowMs - atMs) / 1_000, 0, IsolationFacts.Never - 1);
}

/// <summary>
/// Tests whether each device is as alone as it should be, once a minute:
/// asks on its link for an address that is nobody's (who answers stands for others), and asks for the device from the links of others (who
/// answers there shares a segment with them). What speaks unasked on the wrong link is noted whenever it does.
/// </summary>
internal sealed class SelfTest(BoxState box, FrameSink sink)
{
    /// <summary>Tests the devices that are due.</summary>
    public void Advance()
    {
        var devices = box.Policy.Devices;
        for (var i = 0; i < devices.Length; i++)
        {
            ref readonly var device = ref devices[i];
            var runtime = box.Runtime(i);
            if (device.Enforcement != Enforcement.Enforce || runtime.Binding != BindingState.Verified)
                continue;
            if (runtime.Isolation.NextTestMs == 0)
                runtime.Isolation.NextTestMs = box.NowMs + SegmentLimits.FirstSelfTestMs;
            if (box.NowMs < runtime.Isolation.NextTestMs)
                continue;
            runtime.Isolation.NextTestMs = box.NowMs + SegmentLimits.SelfTestEveryMs;
            runtime.Isolation.TestedAtMs = box.NowMs;
            AskForNobody(device, runtime);
            AskBeside(device, runtime);
        }
    }

    /// <summary>Notes a frame whose source is not the device bound to the link it came in on.</summary>
    /// <param name="link">Link.</param>
    /// <param name="bound">Device bound to that link; null for none.</param>
    /// <param name="source">Hardware address it came from.</param>
    public void HearStranger(int link, DeviceRuntime? bound, ulong source)
    {
        if (bound is not null)
            bound.Isolation.OthersAtMs = box.NowMs;
        var index = box.Policy.DeviceByMac(source);
        // A device whose cable was moved is not in two places: it has to answer on its own link too.
        if (index >= 0 && box.Policy.Devices[index].Link != link && box.Runtime(index) is { Binding: BindingState.Verified } runtime
            && box.Links[box.Policy.Devices[index].Link].Up)
            runtime.Isolation.BesideAtMs = box.NowMs;
    }

    /// <summary>Takes an ARP reply of a device, if it answers for the address that is nobody's.</summary>
    public bool TakeAnswer(DeviceRuntime runtime, uint sender)
    {
        if (sender == 0 || sender != runtime.Isolation.Canary)
            return false;
        runtime.Isolation.ForOthersAtMs = box.NowMs;
        return true;
    }

    private void AskForNobody(in DeviceEntry device, DeviceRuntime runtime)
    {
        runtime.Isolation.Canary = Nobody(device);
        if (runtime.Isolation.Canary == 0)
            return;
        var frame = sink.Reserve(device.Link);
        var mac = MacAddress.FromValue(box.Links[device.Link].Mac);
        sink.Commit(device.Link, ArpView.EmitRequest(frame, mac, new Ipv4Address(device.GatewayAddress), new Ipv4Address(runtime.Isolation.Canary)));
    }

    /// <summary>The highest address of the device's network that is neither its own nor one we speak for; 0 where there is none.</summary>
    private uint Nobody(in DeviceEntry device)
    {
        var network = box.Policy.Policy.Devices[box.Policy.DeviceOfSlot(device.Slot)].Address;
        var top = network.DirectedBroadcast.Value;
        for (uint below = 1; below <= SegmentLimits.CanaryTries; below++)
        {
            var address = top - below;
            if (address <= network.Network.Value)
                return 0;
            if (address != device.Address && address != device.GatewayAddress && !box.Policy.AnswersFor(device.Link, address))
                return address;
        }
        return 0;
    }

    private void AskBeside(in DeviceEntry device, DeviceRuntime runtime)
    {
        var asked = 0;
        for (var step = 0; step < box.Links.Length && asked < SegmentLimits.AskedBeside; step++)
        {
            runtime.Isolation.NextLink = (runtime.Isolation.NextLink + 1) % box.Links.Length;
            var link = box.Links[runtime.Isolation.NextLink];
            if (link.Index == device.Link || link.Role != LinkRole.Downlink || !link.Up)
                continue;
            asked++;
            var frame = sink.Reserve(link.Index);
            // To its hardware address alone: the device that rightly stands there does not even hear it.
            sink.Commit(link.Index, ArpView.EmitPoll(
                frame, MacAddress.FromValue(link.Mac), new Ipv4Address(device.GatewayAddress), MacAddress.FromValue(device.Mac), new Ipv4Address(device.Address)));
        }
    }
}
