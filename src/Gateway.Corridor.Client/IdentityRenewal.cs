using Gateway.Core.Fabric;
using Gateway.Core.Identity;

namespace Gateway.Corridor.Client;

/// <summary>Renews one identity at two thirds of its life, by re-enrolment under its present certificate, with a new key each time.
/// Several processes may share the folder: whoever comes first renews, the others take what they find.</summary>
public sealed class IdentityRenewal(KeyStore store, CorridorEndpoint hub, CorridorClientOptions options)
{
    private readonly CredentialCycle _cycle = new(store, hub, options);

    /// <summary>A newer credential is on disk and proven. The receiver owns it.</summary>
    public event Action<StoredIdentity>? Renewed;

    /// <summary>A renewal failed and will be tried again; the text says why.</summary>
    public event Action<string>? Failed;

    /// <summary>Keeps the credential fresh until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        var schedule = new RenewalSchedule(options.Time, Random.Shared);
        var retry = new BackOff(RenewalSchedule.FirstRetry, RenewalSchedule.LastRetry, Random.Shared);
        var validity = CurrentValidity();
        while (true)
        {
            await schedule.WaitAsync(schedule.DueAt(validity), cancel).ConfigureAwait(false);
            try
            {
                validity = await RenewAsync(validity, cancel).ConfigureAwait(false);
                retry.Reset();
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                Failed?.Invoke(e.Message);
                await Task.Delay(retry.Next(), options.Time, cancel).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Renews now, unless another process has meanwhile.</summary>
    /// <param name="known">Validity of the credential in use.</param>
    /// <param name="cancel">Cancels.</param>
    /// <returns>Validity of the credential that is current now.</returns>
    public async Task<Validity> RenewAsync(Validity known, CancellationToken cancel)
    {
        using var held = await store.LockAsync(cancel).ConfigureAwait(false);
        using var present = store.LoadCurrent() ?? throw new IdentityStoreException("there is no certificate to renew; enrol first");
        var next = present.Validity.NotAfter > known.NotAfter
            ? store.LoadCurrent()!
            : await RenewAsync(present, cancel).ConfigureAwait(false);
        var validity = next.Validity;
        if (Renewed is { } renewed)
            renewed(next);
        else
            next.Dispose();
        return validity;
    }

    private async Task<StoredIdentity> RenewAsync(StoredIdentity present, CancellationToken cancel)
    {
        using (var left = store.LoadPending())
        {
            // A certificate that came just before a crash or an outage: it only lacks its proof.
            if (left is not null && left.Validity.Explain(options.Time.GetUtcNow()) is null)
                return await _cycle.ProveAsync(cancel).ConfigureAwait(false);
        }
        using var est = new EstClient(hub, present.Authorities, present, options);
        return await _cycle.RunAsync(present.Id, present.Authorities, est.ReenrolAsync, cancel).ConfigureAwait(false);
    }

    private Validity CurrentValidity()
    {
        using var present = store.LoadCurrent() ?? throw new IdentityStoreException("there is no certificate to renew; enrol first");
        return present.Validity;
    }
}
