using System.Security.Cryptography.X509Certificates;
using Gateway.Core.Fabric;
using Gateway.Core.Identity;
using Gateway.Corridor.Client;

namespace Gateway.Service.Fabrics.Corridor;

/// <summary>The embedded reference fabric (docs/corridor.md) as this gateway uses it: its own identity, which enrols devices, and one
/// identity and connection per device.</summary>
internal sealed class CorridorFabric : IFabric, IDisposable
{
    private readonly string _folder;
    private readonly string _site;
    private readonly string _gateway;
    private readonly CorridorEndpoint _hub;
    private readonly CorridorClientOptions _options;
    private readonly ILoggerFactory _loggers;
    private readonly KeyStore _ownKeys;

    /// <param name="settings">What the site file says of it.</param>
    /// <param name="folder">Folder for keys and certificates.</param>
    /// <param name="options">Times and bounds.</param>
    /// <param name="loggers">For connectors.</param>
    public CorridorFabric(CorridorSettings settings, string folder, CorridorClientOptions options, ILoggerFactory loggers)
    {
        _folder = folder;
        _site = settings.Site;
        _gateway = settings.Gateway;
        _hub = settings.Hub;
        _options = options;
        _loggers = loggers;
        Name = settings.Name;
        Settings = settings;
        _ownKeys = KeyStore.Open(Path.Combine(folder, "gateway"));
    }

    public string Name { get; }

    public FabricCapabilities Capabilities =>
        FabricCapabilities.Streams | FabricCapabilities.NamedDial | FabricCapabilities.CallerIdentity | FabricCapabilities.PortPolicy;

    public CorridorSettings Settings { get; }

    internal CorridorEndpoint Hub => _hub;

    internal CorridorClientOptions Options => _options;

    internal KeyStore OwnKeys => _ownKeys;

    public async Task<EnrollmentRequest> PrepareAsync(DeviceRef device, CancellationToken cancel)
    {
        var store = KeysOf(device);
        using var held = await store.LockAsync(cancel).ConfigureAwait(false);
        using var key = store.MakePending();
        var id = IdOf(device);
        return new EnrollmentRequest(device.Id, id.ToString(), SigningRequest.Create(key, id));
    }

    public async Task<EnrollmentResult> SubmitAsync(EnrollmentRequest request, CancellationToken cancel)
    {
        using var own = _ownKeys.LoadCurrent() ?? throw new FabricAwayException($"this gateway has not joined {Name} yet");
        using var est = new EstClient(_hub, own.Authorities, own, _options);
        try
        {
            using var certificate = await est.EnrolDeviceAsync(request.Request, cancel).ConfigureAwait(false);
            return new EnrollmentResult(certificate.RawDataMemory, [.. own.Authorities.Select(a => a.RawDataMemory)]);
        }
        catch (CorridorRefusedException e)
        {
            throw new FabricRefusedException(e.Message, e);
        }
        catch (CorridorUnreachableException e)
        {
            throw new FabricAwayException(e.Message, e);
        }
    }

    public async Task CompleteAsync(DeviceRef device, EnrollmentResult result, CancellationToken cancel)
    {
        var store = KeysOf(device);
        using var held = await store.LockAsync(cancel).ConfigureAwait(false);
        using var key = store.LoadPendingKey() ?? throw new CertificateRejectedException($"there is no request of {device.Name} that this certificate could answer");
        using var certificate = X509CertificateLoader.LoadCertificate(result.Certificate.Span);
        var authorities = new X509Certificate2Collection(result.Authorities.Select(a => X509CertificateLoader.LoadCertificate(a.Span)).ToArray());
        new CertificateCheck(key, IdOf(device), authorities).Accept(certificate, _options.Time.GetUtcNow());
        store.StorePending(certificate, authorities);
        try
        {
            using var current = await new CredentialCycle(store, _hub, _options).ProveAsync(cancel).ConfigureAwait(false);
        }
        catch (CorridorRefusedException e)
        {
            throw new FabricRefusedException(e.Message, e);
        }
        catch (CorridorUnreachableException e)
        {
            throw new FabricAwayException(e.Message, e);
        }
    }

    public IDeviceConnector Open(DeviceRef device) => new CorridorConnector(this, device, KeysOf(device), _loggers.CreateLogger<CorridorConnector>());

    /// <summary>The credential of a device; null before it has one. The caller disposes it.</summary>
    public StoredIdentity? CredentialOf(DeviceRef device) => KeysOf(device).LoadCurrent();

    /// <summary>Destroys the keys of a retired device.</summary>
    public void Destroy(DeviceRef device) => KeysOf(device).Destroy();

    public void Dispose()
    {
        // Keys stay on disk; connections belong to connectors.
    }

    internal SpiffeId OwnId => SpiffeId.ForGateway(_site, _gateway);

    private SpiffeId IdOf(DeviceRef device) => SpiffeId.ForDevice(_site, _gateway, device.Name);

    private KeyStore KeysOf(DeviceRef device) => KeyStore.Open(Path.Combine(_folder, "devices", device.Id));
}

/// <param name="Name">Name in the site file.</param>
/// <param name="Site">Trust domain.</param>
/// <param name="Gateway">Name of this gateway in the fabric; also the segment of its devices' identities.</param>
/// <param name="Hub">Where the hub listens.</param>
/// <param name="AuthorityFile">PEM file with the site's authority.</param>
/// <param name="TokenFile">File with the one-time token for the first certificate; null once joined.</param>
internal sealed record CorridorSettings(string Name, string Site, string Gateway, CorridorEndpoint Hub, string AuthorityFile, string? TokenFile);
