using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Core.Identity;

/// <summary>Keys and certificates of one identity in one folder (0700). Each key made is a generation, <c>00000001.key</c> with its
/// chain <c>00000001.crt</c>; the file <c>current</c> names the one in use. A newer one beside it is pending: it becomes current only
/// when its certificate has been proven, and until then the old one stays. Keys are made here and leave never; what is no longer
/// needed is destroyed. One process writes at a time, which <see cref="Lock"/> is for.</summary>
public sealed class KeyStore
{
    /// <summary>A key needs 250 bytes, a chain of <see cref="EstMessages.MaxCertificates"/> certificates some 10,000.</summary>
    public const int MaxFileBytes = 64 << 10;

    /// <summary>How long to wait for another process that renews the same identity: longer than one enrolment takes.</summary>
    public static readonly TimeSpan LongestLockWait = TimeSpan.FromSeconds(30);

    private const string KeyEnding = ".key";
    private const string ChainEnding = ".crt";

    private readonly string _folder;
    private readonly string _current;

    private KeyStore(string folder)
    {
        _folder = folder;
        _current = Path.Combine(folder, "current");
    }

    /// <summary>Opens the folder, makes it when it is missing, and destroys what a crash left over.</summary>
    public static KeyStore Open(string folder)
    {
        PrivateFile.MakeFolder(folder);
        return new KeyStore(folder);
    }

    /// <summary>Holds the folder against other processes until disposed. What was left over from a crash is destroyed meanwhile.</summary>
    /// <exception cref="IdentityStoreException">Another process has held it for <see cref="LongestLockWait"/>.</exception>
    public async Task<IDisposable> LockAsync(CancellationToken cancel)
    {
        var path = Path.Combine(_folder, "lock");
        for (var waited = TimeSpan.Zero; ; waited += TimeSpan.FromMilliseconds(100))
        {
            try
            {
                var held = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                Sweep();
                return held;
            }
            catch (IOException) when (waited < LongestLockWait)
            {
                await Task.Delay(100, cancel).ConfigureAwait(false);
            }
            catch (IOException e)
            {
                throw new IdentityStoreException($"{path} is held by another process; end that one first", e);
            }
        }
    }

    /// <summary>The credential in use; null before the first one was proven.</summary>
    /// <exception cref="IdentityStoreException">It is damaged or readable by others.</exception>
    public StoredIdentity? LoadCurrent() => CurrentGeneration() is { } generation ? Load(generation) : null;

    /// <summary>The next credential, once its certificate is there but not yet proven; null otherwise.</summary>
    /// <exception cref="IdentityStoreException">It is damaged or readable by others.</exception>
    public StoredIdentity? LoadPending() =>
        PendingGeneration() is { } generation && File.Exists(FileOf(generation, ChainEnding)) ? Load(generation) : null;

    /// <summary>The key made last and not yet in use; null when there is none.</summary>
    public ECDsa? LoadPendingKey() => PendingGeneration() is { } generation ? LoadKey(generation) : null;

    /// <summary>Makes a new P-256 key beside the one in use and puts it on disk. An older pending one is destroyed.</summary>
    public ECDsa MakePending()
    {
        DiscardPending();
        var key = ECDsa.Create(SigningRequest.Curve);
        var encoded = key.ExportPkcs8PrivateKey();
        var text = PemEncoding.Write("PRIVATE KEY", encoded);
        var bytes = System.Text.Encoding.ASCII.GetBytes(text);
        try
        {
            PrivateFile.Write(FileOf((CurrentGeneration() ?? 0) + 1, KeyEnding), bytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(encoded);
            CryptographicOperations.ZeroMemory(bytes);
            Array.Clear(text);
        }
        return key;
    }

    /// <summary>Puts the certificate of the pending key beside it, with the authorities to trust. The caller has checked it.</summary>
    /// <exception cref="IdentityStoreException">There is no pending key.</exception>
    public void StorePending(X509Certificate2 certificate, X509Certificate2Collection authorities)
    {
        var generation = PendingGeneration() ?? throw new IdentityStoreException($"{_folder} has no pending key; prepare a request first");
        var chain = new X509Certificate2Collection(certificate);
        chain.AddRange(authorities);
        PrivateFile.Write(FileOf(generation, ChainEnding), System.Text.Encoding.ASCII.GetBytes(chain.ExportCertificatePems()));
    }

    /// <summary>The pending credential is proven: it becomes the current one, and the old key is destroyed.</summary>
    /// <exception cref="IdentityStoreException">There is no pending credential.</exception>
    public StoredIdentity Promote()
    {
        var generation = PendingGeneration() is { } pending && File.Exists(FileOf(pending, ChainEnding))
            ? pending
            : throw new IdentityStoreException($"{_folder} has no pending certificate; enrol first");
        var identity = Load(generation);
        PrivateFile.Write(_current, System.Text.Encoding.ASCII.GetBytes(Name(generation) + "\n"));
        Sweep();
        return identity;
    }

    /// <summary>Destroys the pending key, if there is one.</summary>
    public void DiscardPending()
    {
        if (PendingGeneration() is { } generation)
            Destroy(generation);
    }

    /// <summary>Destroys every key and certificate: the device is retired.</summary>
    public void Destroy()
    {
        foreach (var generation in Generations())
            Destroy(generation);
        File.Delete(_current);
        Sweep();
    }

    /// <summary>Destroys generations before the current one and half-written files.</summary>
    private void Sweep()
    {
        foreach (var left in Directory.GetFiles(_folder, "*" + PrivateFile.Unfinished))
            PrivateFile.Destroy(left);
        var current = CurrentGeneration() ?? 0;
        foreach (var generation in Generations().Where(generation => generation < current))
            Destroy(generation);
    }

    private void Destroy(int generation)
    {
        if (File.Exists(FileOf(generation, KeyEnding)))
            PrivateFile.Destroy(FileOf(generation, KeyEnding));
        File.Delete(FileOf(generation, ChainEnding));
    }

    private StoredIdentity Load(int generation)
    {
        var path = FileOf(generation, ChainEnding);
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPem(System.Text.Encoding.ASCII.GetString(PrivateFile.Read(path, MaxFileBytes)));
            if (chain.Count < 2)
                throw new IdentityStoreException($"{path} holds {chain.Count} certificates; it needs its own and its authority's: enrol anew");
            using var key = LoadKey(generation);
            var own = chain[0].CopyWithPrivateKey(key);
            chain[0].Dispose();
            chain.RemoveAt(0);
            return new StoredIdentity(own, chain);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or IOException)
        {
            throw new IdentityStoreException($"{path} cannot be used: {e.Message}; enrol anew", e);
        }
    }

    private ECDsa LoadKey(int generation)
    {
        var path = FileOf(generation, KeyEnding);
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(System.Text.Encoding.ASCII.GetString(PrivateFile.Read(path, MaxFileBytes)));
            return key;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or IOException)
        {
            key.Dispose();
            throw new IdentityStoreException($"{path} cannot be used: {e.Message}; enrol anew", e);
        }
    }

    private int? CurrentGeneration()
    {
        if (!File.Exists(_current))
            return null;
        var text = File.ReadAllText(_current).TrimEnd();
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var generation) && File.Exists(FileOf(generation, KeyEnding))
            ? generation
            : throw new IdentityStoreException($"{_current} names the key '{text}', which is not there; enrol anew into an empty folder");
    }

    private int? PendingGeneration()
    {
        var newest = Generations().DefaultIfEmpty(0).Max();
        return newest > (CurrentGeneration() ?? 0) ? newest : null;
    }

    private List<int> Generations() =>
        [.. Directory.GetFiles(_folder, "*" + KeyEnding).Select(Path.GetFileNameWithoutExtension)
            .Select(name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var generation) ? generation : 0)
            .Where(generation => generation > 0)];

    private string FileOf(int generation, string ending) => Path.Combine(_folder, Name(generation) + ending);

    private static string Name(int generation) => generation.ToString("D8", CultureInfo.InvariantCulture);
}
