using System.Text.Json;
using Gateway.Core.Fabric;
using Gateway.Core.Identity;

namespace Gateway.Corridor.Client;

/// <summary>One identity's way into the corridor. Connects when something is asked of it; keeps and makes HTTP/2 connections by
/// itself. Safe for concurrent use.</summary>
public sealed class CorridorConnection : IDisposable
{
    /// <summary>Largest directory read: 2,000 callers and devices.</summary>
    public const int MaxDirectoryBytes = 512 << 10;

    private readonly Lock _lock = new();
    private HubLink _link;
    private bool _disposed;

    /// <param name="hub">Where the hub listens.</param>
    /// <param name="identity">Credential to show. The connection does not dispose it.</param>
    /// <param name="options">Times and bounds; null for the defaults.</param>
    public CorridorConnection(CorridorEndpoint hub, StoredIdentity identity, CorridorClientOptions? options = null)
    {
        (Hub, Identity, Options) = (hub, identity, options ?? CorridorClientOptions.Default);
        _link = Link(identity);
    }

    public CorridorEndpoint Hub { get; }

    /// <summary>Credential shown to the hub by new connections.</summary>
    public StoredIdentity Identity { get; private set; }

    public CorridorClientOptions Options { get; }

    /// <summary>Takes a renewed credential into use: what is opened from now on shows it, flows that are open go on under the old one,
    /// parked doors are given up so that they are parked anew.</summary>
    public void Use(StoredIdentity identity)
    {
        HubLink old;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            (old, _link, Identity) = (_link, Link(identity), identity);
        }
        old.Dispose();
    }

    /// <summary>Opens a flow to a device or service.</summary>
    /// <param name="target">Name of the device or service.</param>
    /// <param name="port">TCP port; <see cref="CorridorWire.OwnPort"/> for the own port of a service.</param>
    /// <param name="cancel">Ends the attempt, not the flow.</param>
    /// <exception cref="CorridorRefusedException">The hub or the device's gateway refused; the message says who and why.</exception>
    /// <exception cref="CorridorUnreachableException">The hub did not answer.</exception>
    public async Task<CapsuleStream> DialAsync(string target, ushort port, CancellationToken cancel)
    {
        var carrier = await ClientCarrier.OpenAsync(
            Acquire(), CorridorWire.DialPath(target, port), CorridorWire.DialProtocol, Options.LingerTimeout, cancel).ConfigureAwait(false);
        return new CapsuleStream(carrier.Input, carrier.Output, carrier);
    }

    /// <summary>Parks one door for the device this identity belongs to.</summary>
    /// <exception cref="CorridorRefusedException">The hub refused the door.</exception>
    /// <exception cref="CorridorUnreachableException">The hub did not answer.</exception>
    public async Task<CorridorDoor> ParkDoorAsync(CancellationToken cancel)
    {
        var link = Acquire();
        var carrier = await ClientCarrier.OpenAsync(
            link, CorridorWire.DoorPath(Identity.Id.Name), CorridorWire.DoorProtocol, Options.LingerTimeout, cancel).ConfigureAwait(false);
        return new CorridorDoor(carrier, link.Retired);
    }

    /// <summary>Asks what this identity may know. Also the proof that a new credential works.</summary>
    /// <exception cref="CorridorRefusedException">The hub does not accept the credential.</exception>
    /// <exception cref="CorridorUnreachableException">The hub did not answer, or not with a directory.</exception>
    public async Task<CorridorDirectory> DirectoryAsync(CancellationToken cancel)
    {
        var link = Acquire();
        try
        {
            using var request = link.Request(HttpMethod.Get, CorridorWire.DirectoryPath);
            using var response = await link.SendAsync(request, cancel).ConfigureAwait(false);
            var body = await BoundedBody.ReadAsync(response.Content, MaxDirectoryBytes, cancel).ConfigureAwait(false);
            return JsonSerializer.Deserialize(body, CorridorWireJson.Default.CorridorDirectory) ?? throw new InvalidDataException("null");
        }
        catch (Exception e) when (e is JsonException or InvalidDataException or IOException)
        {
            throw new CorridorUnreachableException($"the hub {Hub} did not answer with a directory: {e.Message}", e);
        }
        finally
        {
            link.Release();
        }
    }

    /// <summary>Closes the connections; flows that are still open end with a reset.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed)
                return;
            _disposed = true;
        }
        _link.Dispose();
    }

    private HubLink Acquire()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed || !_link.TryUse(), this);
            return _link;
        }
    }

    private HubLink Link(StoredIdentity identity) => new(Hub, identity.Authorities, identity.Id.Site, identity, Options);
}
