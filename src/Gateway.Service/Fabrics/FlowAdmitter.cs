using System.Net;
using System.Net.Sockets;
using Gateway.Core.Control;
using Gateway.Core.Devices;
using Gateway.Core.Fabric;
using Gateway.Core.Net;
using Gateway.Core.Policy;
using Gateway.Corridor.Client;
using Gateway.Service.Dataplane;
using Gateway.Service.State;

namespace Gateway.Service.Fabrics;

/// <summary>Opens connections from the gateway's own stack to devices: each is announced to the dataplane with its caller first
/// (docs/decisions/0002), which decides by its own policy.</summary>
internal sealed class FlowAdmitter(DataplaneClient dataplane, PolicyInstaller installer, SiteContext site)
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(4);

    /// <summary>Address of the gateway's stack on the host link; null where the site has none.</summary>
    private IPAddress? HostAddress =>
        site.Document.Links.FirstOrDefault(l => l.Role == LinkRole.Host)?.Address is { } host ? IPAddress.Parse(host.Address.ToString()) : null;

    /// <summary>Decides on a caller of a fabric and opens its flow.</summary>
    public Task<AdmissionResult> AdmitAsync(string fabric, Device device, Peer caller, ushort port, CancellationToken cancel)
    {
        var entries = installer.Policy?.Callers
            .Where(c => c.Fabric == fabric && (c.Id is not null ? c.Id == caller.Id : caller.Groups.Contains(c.Group!)))
            .Select(c => c.Name).Take(ControlProtocol.MaxEntries).ToArray() ?? [];
        return entries.Length == 0
            ? Task.FromResult(new AdmissionResult(null, $"no grant of this gateway names {caller.Name} or one of its groups", Unreachable: false))
            : OpenAsync(device, port, entries, caller.Name, cancel);
    }

    /// <summary>Opens a flow of the gateway itself, for an identification that a person asked for.</summary>
    public Task<AdmissionResult> OpenOwnAsync(Device device, ushort port, CancellationToken cancel) =>
        OpenAsync(device, port, [ControlProtocol.GatewayEntry], "gateway", cancel);

    private async Task<AdmissionResult> OpenAsync(Device device, ushort port, string[] entries, string caller, CancellationToken cancel)
    {
        if (HostAddress is not { } own)
            return new AdmissionResult(null, "the site file has no host link", Unreachable: true);
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(own, 0));
            var source = (ushort)((IPEndPoint)socket.LocalEndPoint!).Port;
            var service = new ServicePort(Transport.Tcp, new PortRange(port, port));
            var reply = await dataplane.AnnounceAsync(new OpenIntent(0, device.Id, service, source, [.. entries], caller), cancel).ConfigureAwait(false);
            if (!reply.Accepted)
            {
                socket.Dispose();
                return new AdmissionResult(null, reply.Message, Unreachable: reply.Reason != DropReason.NoGrant);
            }
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            limit.CancelAfter(ConnectTimeout);
            await socket.ConnectAsync(IPAddress.Parse(device.SegmentAddress.ToString()), port, limit.Token).ConfigureAwait(false);
            return new AdmissionResult(new TcpStream(socket), "", Unreachable: false);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            socket.Dispose();
            cancel.ThrowIfCancellationRequested();
            return new AdmissionResult(null, $"{device.Name} does not answer at tcp/{port}", Unreachable: true);
        }
    }
}
