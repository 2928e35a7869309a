using System.Collections.Concurrent;
using System.Threading.Channels;
using Gateway.Core.Api;
using Gateway.Core.Control;
using Gateway.Core.Devices;
using Gateway.Core.Discovery;
using Gateway.Core.Net;
using Gateway.Core.Policy;
using Gateway.Core.State;
using Gateway.Core.Store.Views;
using Gateway.Service.Dataplane;
using Gateway.Service.State;

namespace Gateway.Service.Devices;

/// <summary>Makes devices of what is observed: finds new ones, keeps the evidence of each. Evidence lives in memory and in the view;
/// it decides nothing by itself.</summary>
internal sealed partial class DeviceDiscovery : BackgroundService
{
    /// <summary>Devices that wait for a name on one link; a socket has one device, an unmanaged switch behind it a handful, and a flood
    /// of made-up addresses must not fill the journal.</summary>
    public const int MaxUnnamedPerLink = 8;

    /// <summary>Observations that wait; the dataplane has bounded their rate already.</summary>
    private const int MaxWaiting = 4_096;

    /// <summary>How often evidence that changed goes to the view.</summary>
    private static readonly TimeSpan KeepInterval = TimeSpan.FromSeconds(5);

    public static readonly DocumentSet<Fingerprint> EvidenceSet = new("evidence", DiscoveryJson.Default.Fingerprint);

    private readonly StateStore _state;
    private readonly SiteContext _site;
    private readonly ViewStore _view;
    private readonly OuiRegistry _makers;
    private readonly TimeProvider _time;
    private readonly ILogger<DeviceDiscovery> _logger;
    private readonly ConcurrentDictionary<string, Fingerprint> _fingerprints = new();
    private readonly ConcurrentDictionary<string, bool> _unkept = new();
    private readonly Classifier _classifier = new();
    private readonly Channel<Observation> _seen = Channel.CreateBounded<Observation>(
        new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    public DeviceDiscovery(
        StateStore state, SiteContext site, ViewStore view, OuiRegistry makers, DataplaneClient dataplane, TimeProvider time, ILogger<DeviceDiscovery> logger)
    {
        _state = state;
        _site = site;
        _view = view;
        _makers = makers;
        _time = time;
        _logger = logger;
        dataplane.Heard += message =>
        {
            if (message is ObservationMessage { Observation: var seen })
                _seen.Writer.TryWrite(seen);
        };
    }

    /// <summary>Raised when the address that an unapproved device seems to have has changed.</summary>
    public event Action? AddressesChanged;

    /// <summary>Raised when the evidence of a device has changed, with its id.</summary>
    public event Action<string>? EvidenceChanged;

    /// <summary>Whether what is observed gets taken.</summary>
    public Hosting.Pulse Pulse { get; } = new(TimeProvider.System);

    public Fingerprint Of(string deviceId) => _fingerprints.GetValueOrDefault(deviceId, Fingerprint.Empty);

    public Guess GuessOf(string deviceId) => _classifier.Classify(Of(deviceId));

    /// <summary>Address a device seems to have, with the length most plants use; null while unknown.</summary>
    public Ipv4Prefix? AddressOf(Device device) => BindingSuggestion.AddressOf(Of(device.Id));

    /// <summary>Adds what was learned by asking.</summary>
    public void Add(string deviceId, Observation seen) => Merge(deviceId, seen);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await LoadAsync().ConfigureAwait(false);
        using var timer = new PeriodicTimer(KeepInterval, _time);
        var keeping = KeepAsync(timer, stoppingToken);
        await foreach (var seen in _seen.Reader.ReadAllAsync(stoppingToken).ConfigureAwait(false))
        {
            using var busy = Pulse.Enter();
            try
            {
                await TakeAsync(seen).ConfigureAwait(false);
            }
            catch (Exception e) when (e is RefusedException or Core.Store.JournalException)
            {
                LogNotFound(seen.Mac.ToString(), seen.Link, e.Message);
            }
        }
        await keeping.ConfigureAwait(false);
    }

    private async Task LoadAsync()
    {
        try
        {
            await _view.CatchUpAsync().ConfigureAwait(false);
            foreach (var device in _state.Current.Devices.Values)
            {
                if (_view.Documents(EvidenceSet).Get(device.Id) is { } known)
                    _fingerprints.TryAdd(device.Id, known);
            }
        }
        catch (ViewUnavailableException e)
        {
            LogEvidenceLost(e);
        }
        AddressesChanged?.Invoke();
    }

    private async Task TakeAsync(Observation seen)
    {
        if (_site.Document.Links.FirstOrDefault(l => l.Name == seen.Link) is not { Role: LinkRole.Downlink })
            return;
        var device = _state.Current.DeviceAt(seen.Link, seen.Mac);
        if (device is null)
        {
            if (!MakesDevice(seen))
                return;
            var state = await _state.ApplyAsync(current => Find(current, seen)).ConfigureAwait(false);
            device = state.DeviceAt(seen.Link, seen.Mac);
            if (device is null)
                return;
            if (_makers.Observe(seen.At, seen.Link, seen.Mac) is { } maker)
                Merge(device.Id, maker);
        }
        Merge(device.Id, seen);
    }

    /// <summary>The first on an empty link is a device by its presence alone. Beside another, it must speak as a host: switch chips send
    /// neighbourhood frames from addresses of single ports.</summary>
    private bool MakesDevice(Observation seen) =>
        seen.Source is ObservationSource.Arp or ObservationSource.Ipv4 or ObservationSource.Dhcp
        || _state.Current.Present.All(d => d.Link != seen.Link);

    private DeviceFound? Find(GatewayState state, Observation seen)
    {
        if (state.DeviceAt(seen.Link, seen.Mac) is not null)
            return null;
        if (state.Present.Count(d => d.Link == seen.Link && d.Name.Length == 0) >= MaxUnnamedPerLink)
            return null;
        return new DeviceFound(_time.GetUtcNow(), LogActors.Gateway, DeviceIds.Next(state), seen.Link, seen.Mac, NextSegment(state));
    }

    private Ipv4Address NextSegment(GatewayState state)
    {
        var range = _site.Document.Segments;
        var taken = state.Devices.Values.Select(d => d.SegmentAddress).ToHashSet();
        foreach (var link in _site.Document.Links)
        {
            if (link is { Role: LinkRole.Host, Address: { } host })
                taken.Add(host.Address);
        }
        for (var next = range.Network.Value + 2; range.IsHost(new Ipv4Address(next)); next++)
        {
            if (!taken.Contains(new Ipv4Address(next)))
                return new Ipv4Address(next);
        }
        throw RefusedException.Conflict($"no address is left in {range}; give the site a larger range of segments");
    }

    private void Merge(string deviceId, Observation seen)
    {
        var before = Of(deviceId);
        var after = before.With(seen);
        _fingerprints[deviceId] = after;
        _unkept[deviceId] = true;
        if (BindingSuggestion.AddressOf(before) != BindingSuggestion.AddressOf(after))
            AddressesChanged?.Invoke();
        if (before.Evidence.Length != after.Evidence.Length)
            EvidenceChanged?.Invoke(deviceId);
    }

    private async Task KeepAsync(PeriodicTimer timer, CancellationToken stop)
    {
        try
        {
            while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false))
            {
                foreach (var id in _unkept.Keys)
                {
                    _unkept.TryRemove(id, out _);
                    var fingerprint = Of(id);
                    _view.TryPost(batch => batch.Put(EvidenceSet, id, id, fingerprint));
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The end of the service.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Mac} on {Link} is not taken up: {Why}")]
    private partial void LogNotFound(string mac, string link, string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "evidence of earlier runs is not there; it is gathered anew")]
    private partial void LogEvidenceLost(Exception e);
}
