using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Core.Fabric;
using Gateway.Core.Identity;
using Gateway.Corridor.Client;

namespace Gateway.Service.Fabrics.Corridor;

/// <summary>State of this gateway in the fabric.</summary>
/// <param name="State"><c>not-joined</c>, <c>connected</c>, <c>unreachable</c> or <c>refused</c>.</param>
/// <param name="Reason">Why, in words.</param>
/// <param name="Since">Since when.</param>
internal sealed record MembershipStatus(string State, string Reason, DateTimeOffset Since)
{
    public const string NotJoined = "not-joined";
    public const string Connected = "connected";
    public const string Unreachable = "unreachable";
    public const string Refused = "refused";
}

/// <summary>The gateway's own membership: joins once by token, renews its certificate, and asks for the directory again and again, which
/// also tells whether the hub is there.</summary>
internal sealed class CorridorMembership(CorridorFabric fabric, TimeProvider time, Action<MembershipStatus> changed)
{
    private static readonly TimeSpan AskInterval = TimeSpan.FromSeconds(10);
    private const int MaxTokenLength = 1_024;

    private readonly BackOff _backOff = new(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(15), Random.Shared);

    public MembershipStatus Status { get; private set; } = new(MembershipStatus.NotJoined, "not tried yet", time.GetUtcNow());

    /// <summary>What the hub told last; null before the first time.</summary>
    public CorridorDirectory? Directory { get; private set; }

    public async Task RunAsync(CancellationToken cancel)
    {
        while (true)
        {
            var wait = AskInterval;
            try
            {
                using var own = fabric.OwnKeys.LoadCurrent() ?? await JoinAsync(cancel).ConfigureAwait(false);
                await StayAsync(own, cancel).ConfigureAwait(false);
            }
            catch (Exception e) when (e is CorridorUnreachableException or CorridorRefusedException or CertificateRejectedException or IdentityStoreException
                or IOException or UnauthorizedAccessException or CryptographicException)
            {
                Report(StateOf(e), e.Message);
                wait = _backOff.Next();
            }
            await Task.Delay(wait, time, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Asks for the directory under one credential until it is renewed or something fails.</summary>
    private async Task StayAsync(StoredIdentity own, CancellationToken cancel)
    {
        using var connection = new CorridorConnection(fabric.Hub, own, fabric.Options);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var renewal = new IdentityRenewal(fabric.OwnKeys, fabric.Hub, fabric.Options);
        renewal.Renewed += identity =>
        {
            identity.Dispose();
            stop.Cancel();
        };
        var renewing = renewal.RunAsync(stop.Token);
        try
        {
            while (true)
            {
                Directory = await connection.DirectoryAsync(stop.Token).ConfigureAwait(false);
                _backOff.Reset();
                Report(MembershipStatus.Connected, "");
                await Task.Delay(AskInterval, time, stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // Renewed: the next round shows the new credential.
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await renewing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<StoredIdentity> JoinAsync(CancellationToken cancel)
    {
        var settings = fabric.Settings;
        if (settings.TokenFile is not { } tokenFile || !File.Exists(tokenFile))
            throw new IdentityStoreException($"{settings.TokenFile ?? "the site file"} holds no enrolment token; ask the hub's operator for one: corridor token new --gateway {settings.Gateway}");
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(settings.AuthorityFile);
        var token = (await File.ReadAllTextAsync(tokenFile, cancel).ConfigureAwait(false)).Trim();
        if (token.Length is 0 or > MaxTokenLength)
            throw new IdentityStoreException($"{tokenFile} holds {token.Length} characters; a token has 1 to {MaxTokenLength}");
        using var held = await fabric.OwnKeys.LockAsync(cancel).ConfigureAwait(false);
        using var est = new EstClient(fabric.Hub, authorities, null, fabric.Options);
        return await new CredentialCycle(fabric.OwnKeys, fabric.Hub, fabric.Options).RunAsync(
            fabric.OwnId, authorities, (request, stop) => est.EnrolAsync(request, settings.Gateway, token, stop), cancel).ConfigureAwait(false);
    }

    private string StateOf(Exception failure) => failure switch
    {
        CorridorRefusedException => MembershipStatus.Refused,
        CorridorUnreachableException => fabric.OwnKeys.LoadCurrent() is null ? MembershipStatus.NotJoined : MembershipStatus.Unreachable,
        _ => MembershipStatus.NotJoined,
    };

    private void Report(string state, string reason)
    {
        if (Status.State == state && Status.Reason == reason)
            return;
        Status = new MembershipStatus(state, reason, Status.State == state ? Status.Since : time.GetUtcNow());
        changed(Status);
    }
}
