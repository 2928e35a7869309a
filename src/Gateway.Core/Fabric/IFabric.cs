using System.IO.Pipelines;
using Gateway.Core.Identity;

namespace Gateway.Core.Fabric;

/// <summary>What a fabric can do; the pages offer only that.</summary>
[Flags]
public enum FabricCapabilities
{
    None = 0,

    /// <summary>Carries single TCP flows by name.</summary>
    Streams = 1,

    /// <summary>Brings a TUN that carries packets.</summary>
    Packets = 2,

    /// <summary>A device can dial a service by name.</summary>
    NamedDial = 4,

    /// <summary>Tells who calls, authenticated.</summary>
    CallerIdentity = 8,

    /// <summary>Limits callers to single ports by itself.</summary>
    PortPolicy = 16,
}

/// <summary>One fabric of the site. One device has one identity, one connector, never shared.</summary>
public interface IFabric
{
    /// <summary>Name in the site file.</summary>
    string Name { get; }

    FabricCapabilities Capabilities { get; }

    /// <summary>Makes a new key for the device and the request to have it certified. The key stays in the gateway.</summary>
    Task<EnrollmentRequest> PrepareAsync(DeviceRef device, CancellationToken cancel);

    /// <summary>Takes the certificate that belongs to the last prepared key, checks it, and makes it the device's credential.</summary>
    /// <exception cref="CertificateRejectedException">It is not for this key and device, is not valid now, or another authority signed it.</exception>
    Task CompleteAsync(DeviceRef device, EnrollmentResult result, CancellationToken cancel);

    /// <summary>Has the fabric's own authority answer a request, where it can; else the files are exchanged by a person.</summary>
    Task<EnrollmentResult> SubmitAsync(EnrollmentRequest request, CancellationToken cancel);

    /// <summary>A connector for a device whose enrolment is complete. Not started.</summary>
    IDeviceConnector Open(DeviceRef device);
}

/// <param name="Id">Short code, stable for life.</param>
/// <param name="Name">Name in the fabric.</param>
public sealed record DeviceRef(string Id, string Name);

/// <summary>Where the connector of one device stands.</summary>
public enum ConnectorState
{
    Stopped = 0,
    Enrolling = 1,

    /// <summary>No path to the fabric yet, or none any more; tried again with back-off.</summary>
    Connecting = 2,

    /// <summary>Credential accepted and services offered.</summary>
    Up = 3,

    /// <summary>Some paths lost; flows may live.</summary>
    Degraded = 4,

    /// <summary>The fabric refuses this identity: slow retry, the operator is told.</summary>
    Denied = 5,

    /// <summary>Credential past its end: closed.</summary>
    Expired = 6,

    /// <summary>Local fault: back-off with jitter.</summary>
    Failed = 7,

    /// <summary>Held by the gateway because the device's binding is broken or it is cut off.</summary>
    Suspended = 8,
}

/// <param name="State">State now.</param>
/// <param name="Reason">Why, in words; empty when up.</param>
/// <param name="Since">Since when.</param>
/// <param name="CertificateNotAfter">End of the credential; null before there is one.</param>
/// <param name="Remote">Where it is connected to; empty when it is not.</param>
public sealed record ConnectorStatus(
    ConnectorState State, string Reason, DateTimeOffset Since, DateTimeOffset? CertificateNotAfter, string Remote);

/// <param name="FlowsOpen">Flows open now.</param>
/// <param name="FlowsOpened">Flows since start.</param>
/// <param name="FlowsRefused">Flows the gateway's own grants refused.</param>
/// <param name="BytesFromDevice">Bytes carried from the device.</param>
/// <param name="BytesToDevice">Bytes carried to the device.</param>
/// <param name="Reconnects">Times the connection was made again.</param>
public sealed record ConnectorMetrics(
    int FlowsOpen, long FlowsOpened, long FlowsRefused, long BytesFromDevice, long BytesToDevice, long Reconnects);

/// <summary>The life of one device in one fabric.</summary>
public interface IDeviceConnector : IAsyncDisposable
{
    ConnectorStatus Status { get; }

    /// <summary>Raised after each change of <see cref="Status"/>, on any thread.</summary>
    event Action<ConnectorStatus>? Changed;

    ConnectorMetrics Snapshot();

    Task StartAsync(CancellationToken cancel);

    /// <summary>Ends every flow and the connection. Leaves no socket.</summary>
    Task StopAsync(CancellationToken cancel);

    /// <summary>Takes the renewed credential into use without ending flows.</summary>
    Task RenewAsync(CancellationToken cancel);
}

/// <summary>A connector that carries TCP flows one at a time.</summary>
public interface IStreamConnector : IDeviceConnector
{
    /// <summary>Offers the device's services. Each flow that the fabric brings is first put to <paramref name="admit"/>; what it
    /// returns carries the bytes.</summary>
    Task<IAsyncDisposable> HostAsync(FlowAdmission admit, CancellationToken cancel);

    /// <summary>Dials a service of the fabric for the device.</summary>
    /// <exception cref="FabricRefusedException">The fabric refused, with its reason.</exception>
    Task<IDuplexPipe> DialAsync(string remoteService, CancellationToken cancel);
}

/// <summary>Decides on one flow by the gateway's own grants and opens it to the device.</summary>
/// <param name="caller">Who calls, as the fabric authenticated it.</param>
/// <param name="service">Service or port asked for, in the fabric's words.</param>
/// <param name="cancel">Ends the flow.</param>
/// <returns>The opened flow, or the refusal.</returns>
public delegate Task<AdmissionResult> FlowAdmission(Peer caller, string service, CancellationToken cancel);

/// <param name="Flow">Duplex to the device; null when refused. Completing its output half-closes.</param>
/// <param name="Refusal">Why not, for the caller; empty when admitted.</param>
public sealed record AdmissionResult(IDuplexPipe? Flow, string Refusal);

/// <summary>A caller that the fabric has authenticated.</summary>
/// <param name="Id">Unique identity in the fabric, such as a SPIFFE id.</param>
/// <param name="Name">Name for people.</param>
/// <param name="Groups">Groups the fabric asserts.</param>
/// <param name="Evidence">What the fabric showed for it, such as a certificate fingerprint.</param>
public sealed record Peer(string Id, string Name, IReadOnlyList<string> Groups, string Evidence);

/// <summary>The fabric refused a dial or a credential.</summary>
public sealed class FabricRefusedException(string message, Exception? inner = null) : Exception(message, inner);
