using Gateway.Core.Policy;
using Gateway.Dataplane.Flows.Split;
using Gateway.Dataplane.Inspectors;
using Gateway.Dataplane.Pipeline;
using Gateway.Dataplane.Wire;

namespace Gateway.Dataplane.Flows;

/// <summary>Ends of flows, records about them, and what the split engine asks for.</summary>
internal sealed partial class FlowEngine
{
    /// <summary>Announces a connection of a caller.</summary>
    public bool Announce(in Intent intent) => _intents.TryAdd(intent);

    /// <summary>A new policy is in force: every flow is put to it, a part at a time.</summary>
    public void PolicyChanged()
    {
        _sweepLeft = _table.Capacity;
        ReviewOffloaded(stopFirst: true);
    }

    /// <summary>Ends every flow of a device, by slot; only those of one caller when it is given.</summary>
    public void EndOf(int deviceSlot, string? caller, DropReason reason)
    {
        for (var i = 0; i < _table.Capacity; i++)
        {
            ref readonly var flow = ref _table[i];
            if (flow.Mode == FlowMode.Free || (flow.Source.Device != deviceSlot && flow.Target.Device != deviceSlot))
                continue;
            if (caller is null || (flow.SourceKind == EntityKind.Caller && _box.Callers[flow.SourceSlot].Caller == caller))
                Close(i, reason);
        }
    }

    /// <summary>Timers, idle flows, flows of an older policy, announcements nobody used.</summary>
    public void Advance()
    {
        _split.Advance(_box.NowMs);
        AdvanceOffload();
        if (_box.NowMs >= _nextSweepMs)
        {
            _nextSweepMs = _box.NowMs + FlowLimits.SweepEveryMs;
            _sweepLeft = Math.Max(_sweepLeft, _table.Count > 0 ? _table.Capacity : 0);
            while (_intents.TryTakeExpired(_box.NowMs, out var context))
                FreeCaller(context);
        }
        for (var n = Math.Min(_sweepLeft, FlowLimits.SweepFlows); n > 0; n--)
        {
            _sweepAt = _sweepAt + 1 == _table.Capacity ? 0 : _sweepAt + 1;
            _sweepLeft--;
            Sweep(_sweepAt);
        }
    }

    public override void Send(int flow, bool toSource, in SegmentHeader header, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        ref var side = ref _table[flow].Side(toSource);
        var tcp = new TcpHeader
        {
            SourcePort = side.OtherPort,
            DestinationPort = side.Port,
            Sequence = header.Sequence,
            Acknowledgment = header.Acknowledgement,
            Flags = header.Flags,
            Window = header.Window,
            MaxSegmentBytes = header.MaxSegmentBytes,
        };
        _emitter.Segment(ref side, tcp, first, second);
    }

    public override int MtuOf(int flow, bool toSource) => _box.Links[_table[flow].Side(toSource).Link].MtuBytes;

    public override OperationGrants Grants(int flow)
    {
        ref var entry = ref _table[flow];
        return new OperationGrants(_box.Policy.Conduits, ((Span<int>)entry.Conduits)[..entry.ConduitCount]);
    }

    public override void Record(int flow, in Judgement judgement)
    {
        ref readonly var entry = ref _table[flow];
        if (judgement.Reason != DropReason.NoGrant)
            _box.Links[entry.Source.Link].CountDrop(judgement.Reason);
        if (!judgement.Record)
            return;
        var record = Describe(entry, LoopRecordKind.Operation, judgement.Reason);
        record.Allowed = judgement.Kind == JudgementKind.Pass;
        record.Miss = judgement.Miss;
        record.Conduit = judgement.Conduit;
        record.Operation = judgement.Operation;
        _output.Record(record);
    }

    public override void Closed(int flow, DropReason? reason)
    {
        _table[flow].Split = -1;
        Close(flow, reason);
    }

    private void Sweep(int index)
    {
        ref var flow = ref _table[index];
        if (flow.Mode == FlowMode.Free || Recheck(index, ref flow) is not null || flow.Mode == FlowMode.Split)
            return;
        CatchUp(index, ref flow);
        Settle(index, ref flow);
        var idleMs = _box.NowMs - flow.LastSeenMs;
        var limitMs = flow.Mode == FlowMode.Udp
            ? flow.Replied ? FlowLimits.UdpBothWaysMs : FlowLimits.UdpOneWayMs
            : flow.Tcp.State switch
            {
                TcpState.SynSent or TcpState.SynReceived => FlowLimits.TcpOpeningMs,
                TcpState.Established => FlowLimits.TcpEstablishedMs,
                TcpState.TimeWait => FlowLimits.TcpOverMs,
                _ => FlowLimits.TcpClosingMs,
            };
        if (idleMs > limitMs)
            Close(index, flow.Mode == FlowMode.Udp || flow.Tcp.IsOver ? null : DropReason.FlowTimeout);
    }

    /// <summary>Ends a flow. By force when there is a reason: then both sides of a TCP flow are told by a reset.</summary>
    private void Close(int index, DropReason? reason)
    {
        ref var flow = ref _table[index];
        if (flow.Mode == FlowMode.Split && flow.Split >= 0)
        {
            // Resets both sides and comes back here through Closed.
            _split.End(flow.Split, reason);
            return;
        }
        Withdraw(index, ref flow);
        if (reason is not null && flow is { Mode: FlowMode.Tracked, Tcp.State: TcpState.SynReceived or TcpState.Established or TcpState.Closing })
            ResetTracked(ref flow);
        TellClosed(flow, reason);
        CountOpen(flow, -1);
        FreeCallerOf(flow);
        _table.Release(index);
    }

    private void ResetTracked(ref Flow flow)
    {
        ResetTracked(ref flow.Source, flow.Tcp.Target.End, flow.Tcp.Source.End);
        ResetTracked(ref flow.Target, flow.Tcp.Source.End, flow.Tcp.Target.End);
    }

    /// <summary>Tells a side where its flow stands, as the other side would.</summary>
    private void Challenge(ref Flow flow, bool fromSource)
    {
        ref var to = ref flow.Side(fromSource);
        ref readonly var receiver = ref fromSource ? ref flow.Tcp.Target : ref flow.Tcp.Source;
        var header = new TcpHeader
        {
            SourcePort = to.OtherPort,
            DestinationPort = to.Port,
            Sequence = receiver.End,
            Acknowledgment = receiver.Acked,
            Flags = TcpFlags.Ack,
            Window = receiver.Window,
        };
        _emitter.Segment(ref to, header, default, default);
    }

    private void ResetTracked(ref FlowSide to, uint sequence, uint acknowledgement) => _emitter.Segment(
        ref to,
        new TcpHeader
        {
            SourcePort = to.OtherPort,
            DestinationPort = to.Port,
            Sequence = sequence,
            Acknowledgment = acknowledgement,
            Flags = TcpFlags.Rst | TcpFlags.Ack,
        },
        default, default);

    private void Count(ref Flow flow, bool fromSource, int bytes)
    {
        flow.LastSeenMs = _box.NowMs;
        ref readonly var side = ref flow.Side(fromSource);
        if (side.Device >= 0)
            _box.DeviceBySlot(side.Device).BytesIn += (ulong)bytes;
    }

    private void CountOpen(in Flow flow, int change)
    {
        if (flow.Source.Device >= 0)
            _box.DeviceBySlot(flow.Source.Device).OpenFlows += change;
        if (flow.Target.Device >= 0 && flow.Target.Device != flow.Source.Device)
            _box.DeviceBySlot(flow.Target.Device).OpenFlows += change;
    }

    private void FreeCallerOf(in Flow flow)
    {
        if (flow.SourceKind == EntityKind.Caller)
            FreeCaller(flow.SourceSlot);
    }

    private void FreeCaller(int context)
    {
        if (context >= 0)
            _output.Record(new LoopRecord { Kind = LoopRecordKind.CallerDone, SourceSlot = context });
    }

    private void TellOpened(int index) => _output.Record(Describe(_table[index], LoopRecordKind.FlowOpened, DropReason.NoGrant));

    private void TellClosed(in Flow flow, DropReason? reason)
    {
        var record = Describe(flow, LoopRecordKind.FlowClosed, reason ?? DropReason.NoGrant);
        record.Allowed = reason is null;
        record.Packets = flow.Source.Packets + flow.Target.Packets;
        record.Bytes = flow.Source.Bytes + flow.Target.Bytes;
        _output.Record(record);
    }

    private void TellRefused(in Flow flow, DropReason reason)
    {
        if (_box.Links[flow.Source.Link].AdmitsRefusalRecord(_box.NowMs))
            _output.Record(Describe(flow, LoopRecordKind.FlowRefused, reason));
    }

    private static LoopRecord Describe(in Flow flow, LoopRecordKind kind, DropReason reason) => new()
    {
        Kind = kind,
        Reason = reason,
        Protocol = flow.Transport,
        Link = flow.Source.Link,
        SourceKind = flow.SourceKind,
        SourceSlot = flow.SourceSlot,
        TargetKind = flow.TargetKind,
        TargetSlot = flow.TargetSlot,
        Conduit = flow.ConduitCount > 0 ? flow.Conduits[0] : -1,
        PolicyVersion = flow.PolicyVersion,
        SourceAddress = flow.Source.Address,
        SourcePort = flow.Source.Port,
        DestinationAddress = flow.Source.OtherAddress,
        DestinationPort = flow.Source.OtherPort,
    };
}
