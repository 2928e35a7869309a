using Gateway.Core.Control;
using Gateway.Core.Net;
using Gateway.Core.Policy;
using Gateway.Dataplane.Filter;
using Gateway.Dataplane.Links;
using Gateway.Dataplane.Pipeline;
using Gateway.Dataplane.Wire;

namespace Gateway.Dataplane.Segments;

/// <summary>
/// Keeps each device to its binding. A frame from another address never passes; but one stray frame must not stop a machine, so when
/// another address speaks, the bound device is asked. If it answers, that was a second address, and an event says so; if it does not
/// answer within <see cref="SegmentLimits.ChallengeMs"/>, the binding is broken: nothing passes until a person decides.
/// </summary>
internal sealed class BindingGuard(BoxState box, FrameSink sink, LoopOutput output, SelfTest selfTest)
{
    /// <summary>Told when a binding broke, so that the device's flows end.</summary>
    public Action<int>? Broke { get; set; }

    /// <summary>Judges the hardware address of a frame from a downlink.</summary>
    /// <returns>Null when it is the bound device and may speak.</returns>
    public DropReason? CheckMac(in DeviceEntry device, DeviceRuntime runtime, ulong source)
    {
        if (source != device.Mac)
        {
            selfTest.HearStranger(device.Link, runtime, source);
            Suspect(device, runtime, BindingState.ForeignMac, source, 0);
            return DropReason.SourceMacNotBound;
        }
        runtime.HeardAtMs = box.NowMs;
        return runtime.Binding is BindingState.ForeignMac or BindingState.AddressChanged ? DropReason.BindingBroken : null;
    }

    /// <summary>Judges the IP address that the bound hardware address uses, in ARP or IPv4.</summary>
    /// <returns>Null when it is the bound one.</returns>
    public DropReason? CheckAddress(in DeviceEntry device, DeviceRuntime runtime, uint address)
    {
        if (address != device.Address)
        {
            // A device that found no DHCP server gives itself an address for a while (RFC 3927): refused like any other, but no swap.
            if (new Ipv4Address(address).IsLinkLocal && !new Ipv4Address(device.Address).IsLinkLocal)
                return DropReason.SourceAddressNotBound;
            Suspect(device, runtime, BindingState.AddressChanged, device.Mac, address);
            return DropReason.SourceAddressNotBound;
        }
        runtime.AddressHeardCount++;
        if (runtime.Binding == BindingState.Unverified)
            Enter(runtime, BindingState.Verified, 0, 0);
        return null;
    }

    /// <summary>The cable was pulled: who comes next must show that it is the bound device.</summary>
    public void LinkDown(int device)
    {
        var runtime = box.Runtime(device);
        runtime.ChallengedAtMs = 0;
        if (runtime.Binding == BindingState.Verified)
            Enter(runtime, BindingState.Unverified, 0, 0);
    }

    /// <summary>Forgets a broken binding and asks anew, because a person or the policy said what is right now.</summary>
    public static void Reset(DeviceRuntime runtime)
    {
        runtime.Binding = BindingState.Unverified;
        runtime.ChallengedAtMs = 0;
        runtime.NextAskAtMs = 0;
        runtime.Asked = 0;
        runtime.Isolation = default;
    }

    /// <summary>Asks who is due to be asked and ends challenges.</summary>
    /// <returns>Whether anything waits for a next time.</returns>
    public bool Advance()
    {
        var waits = false;
        var devices = box.Policy.Devices;
        for (var i = 0; i < devices.Length; i++)
        {
            ref readonly var device = ref devices[i];
            var runtime = box.Runtime(i);
            if (runtime.ChallengedAtMs != 0)
                Challenge(i, device, runtime);
            else if (runtime.Binding == BindingState.Unverified && box.Links[device.Link].Up && box.NowMs >= runtime.NextAskAtMs)
                Ask(device, runtime, runtime.Asked < SegmentLimits.VerifyQuickTries ? SegmentLimits.VerifyEveryMs : SegmentLimits.VerifySlowlyMs);
            waits |= runtime.ChallengedAtMs != 0 || runtime.Binding == BindingState.Unverified;
        }
        return waits;
    }

    private void Suspect(in DeviceEntry device, DeviceRuntime runtime, BindingState suspicion, ulong mac, uint address)
    {
        if (runtime.ChallengedAtMs != 0 || runtime.Binding is BindingState.ForeignMac or BindingState.AddressChanged
            || device.Enforcement != Enforcement.Enforce)
            return;
        runtime.ChallengedAtMs = box.NowMs;
        runtime.HeardBeforeChallenge = runtime.AddressHeardCount;
        runtime.Suspicion = suspicion;
        runtime.SuspectMac = mac;
        runtime.SuspectAddress = address;
        Ask(device, runtime, SegmentLimits.ChallengeEveryMs);
    }

    private void Challenge(int index, in DeviceEntry device, DeviceRuntime runtime)
    {
        if (runtime.AddressHeardCount != runtime.HeardBeforeChallenge)
        {
            runtime.ChallengedAtMs = 0;
            TellSecondAddress(runtime);
        }
        else if (box.NowMs - runtime.ChallengedAtMs >= SegmentLimits.ChallengeMs)
        {
            runtime.ChallengedAtMs = 0;
            Enter(runtime, runtime.Suspicion, runtime.SuspectMac, runtime.SuspectAddress);
            Broke?.Invoke(index);
        }
        else if (box.NowMs >= runtime.NextAskAtMs)
        {
            Ask(device, runtime, SegmentLimits.ChallengeEveryMs);
        }
    }

    private void Ask(in DeviceEntry device, DeviceRuntime runtime, int againMs)
    {
        runtime.Asked++;
        runtime.NextAskAtMs = box.NowMs + againMs;
        var frame = sink.Reserve(device.Link);
        var mac = MacAddress.FromValue(box.Links[device.Link].Mac);
        // To the bound address alone: another one on the wire learns nothing from the question.
        var length = ArpView.EmitPoll(
            frame, mac, new Ipv4Address(device.GatewayAddress), MacAddress.FromValue(device.Mac), new Ipv4Address(device.Address));
        sink.Commit(device.Link, length);
    }

    private void TellSecondAddress(DeviceRuntime runtime)
    {
        if (box.NowMs - runtime.LastEventAtMs < SegmentLimits.EventEveryMs)
            return;
        runtime.LastEventAtMs = box.NowMs;
        output.Record(new LoopRecord
        {
            Kind = LoopRecordKind.SecondAddress,
            SourceSlot = runtime.Slot,
            Mac = runtime.SuspectMac,
            SourceAddress = runtime.SuspectAddress,
        });
    }

    private void Enter(DeviceRuntime runtime, BindingState state, ulong mac, uint address)
    {
        runtime.Binding = state;
        box.RouteChanges++;
        runtime.Asked = 0;
        runtime.NextAskAtMs = 0;
        output.Record(new LoopRecord
        {
            Kind = LoopRecordKind.Binding,
            SourceSlot = runtime.Slot,
            Binding = state,
            Mac = mac,
            SourceAddress = address,
        });
    }
}
