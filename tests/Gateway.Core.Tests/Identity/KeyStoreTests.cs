using System.Security.Cryptography;
using System.Text;
using Gateway.Core.Identity;

namespace Gateway.Core.Tests.Identity;

public sealed class KeyStoreTests : IDisposable
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly SpiffeId Plc = SpiffeId.ForDevice("plant-3", "line-2", "plc-7");

    private readonly TempFolder _folder = new();
    private readonly TestAuthority _authority = new();

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    private string Home => _folder.File("plc-7");

    [Fact]
    public void A_new_folder_holds_nothing_and_only_its_owner_gets_in()
    {
        var store = KeyStore.Open(Home);
        Assert.Null(store.LoadCurrent());
        Assert.Null(store.LoadPendingKey());
        Assert.Equal(Owner | UnixFileMode.UserExecute, File.GetUnixFileMode(Home));
    }

    [Fact]
    public void A_key_is_made_on_disk_before_anything_else_and_readable_by_its_owner_only()
    {
        using var key = KeyStore.Open(Home).MakePending();
        Assert.Equal(Owner, File.GetUnixFileMode(Path.Combine(Home, "00000001.key")));
        using var again = KeyStore.Open(Home).LoadPendingKey();
        Assert.Equal(key.ExportSubjectPublicKeyInfo(), again!.ExportSubjectPublicKeyInfo());
        Assert.Equal(256, key.KeySize);
    }

    [Fact]
    public void The_first_credential_counts_only_when_promoted()
    {
        var store = KeyStore.Open(Home);
        Enrol(store);
        Assert.Null(store.LoadCurrent());
        using (var pending = store.LoadPending())
            Assert.Equal(Plc, pending!.Id);
        using var promoted = store.Promote();
        using var current = KeyStore.Open(Home).LoadCurrent();
        Assert.Equal(promoted.Fingerprint, current!.Fingerprint);
        Assert.True(current.Certificate.HasPrivateKey);
        Assert.Equal(_authority.Certificate.Thumbprint, Assert.Single(current.Authorities).Thumbprint);
    }

    [Fact]
    public void The_old_credential_stays_until_the_new_one_is_proven_and_is_gone_then()
    {
        var store = KeyStore.Open(Home);
        Enrol(store);
        using var first = store.Promote();
        var secret = File.ReadAllBytes(Path.Combine(Home, "00000001.key"));
        Enrol(store);
        using (var still = store.LoadCurrent())
            Assert.Equal(first.Fingerprint, still!.Fingerprint);
        using var second = store.Promote();
        Assert.NotEqual(first.Fingerprint, second.Fingerprint);
        Assert.NotEqual(first.Certificate.GetPublicKeyString(), second.Certificate.GetPublicKeyString());
        Assert.Equal(["00000002.crt", "00000002.key", "current"], Files());
        Assert.DoesNotContain(Directory.GetFiles(Home), file => File.ReadAllBytes(file).AsSpan().IndexOf(secret) >= 0);
    }

    [Fact]
    public void A_new_request_destroys_the_key_of_the_one_before()
    {
        var store = KeyStore.Open(Home);
        using var first = store.MakePending();
        using var second = store.MakePending();
        using var pending = store.LoadPendingKey();
        Assert.Equal(second.ExportSubjectPublicKeyInfo(), pending!.ExportSubjectPublicKeyInfo());
        Assert.Equal(["00000001.key"], Files());
    }

    [Fact]
    public void Destroying_overwrites_and_removes_everything()
    {
        var store = KeyStore.Open(Home);
        Enrol(store);
        store.Promote().Dispose();
        Enrol(store);
        // A second name for the file shows what became of its bytes.
        var witness = _folder.File("witness");
        Link(Path.Combine(Home, "00000001.key"), witness);
        var secret = File.ReadAllBytes(witness);
        store.Destroy();
        Assert.Empty(Files());
        Assert.Null(store.LoadCurrent());
        Assert.NotEqual(secret, File.ReadAllBytes(witness));
    }

    [Fact]
    public async Task What_a_crash_left_is_destroyed_under_the_lock()
    {
        var store = KeyStore.Open(Home);
        Enrol(store);
        store.Promote().Dispose();
        File.WriteAllText(Path.Combine(Home, "00000002.key.new"), "half a key");
        // As if the crash came between naming the new generation and destroying the old one.
        File.Copy(Path.Combine(Home, "00000001.key"), Path.Combine(Home, "00000003.key"));
        File.Copy(Path.Combine(Home, "00000001.crt"), Path.Combine(Home, "00000003.crt"));
        File.WriteAllText(Path.Combine(Home, "current"), "00000003\n");
        using (await store.LockAsync(TestContext.Current.CancellationToken))
            Assert.Equal(["00000003.crt", "00000003.key", "current", "lock"], Files());
        Assert.NotNull(store.LoadCurrent());
    }

    [Fact]
    public void A_key_that_others_may_read_is_refused_with_the_cure()
    {
        var store = KeyStore.Open(Home);
        Enrol(store);
        store.Promote().Dispose();
        File.SetUnixFileMode(Path.Combine(Home, "00000001.key"), Owner | UnixFileMode.GroupRead);
        Assert.Contains("chmod 600", Assert.Throws<IdentityStoreException>(store.LoadCurrent).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("00000001.key", "")]
    [InlineData("00000001.key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")]
    [InlineData("00000001.crt", "")]
    [InlineData("00000001.crt", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    [InlineData("current", "garbage")]
    [InlineData("current", "00000009")]
    public void A_damaged_file_is_named(string name, string content)
    {
        var store = KeyStore.Open(Home);
        Enrol(store);
        store.Promote().Dispose();
        File.WriteAllText(Path.Combine(Home, name), content);
        Assert.Contains(name, Assert.Throws<IdentityStoreException>(store.LoadCurrent).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_holder_waits_for_the_first()
    {
        var store = KeyStore.Open(Home);
        var held = await store.LockAsync(TestContext.Current.CancellationToken);
        var second = KeyStore.Open(Home).LockAsync(TestContext.Current.CancellationToken);
        await Task.Delay(150, TestContext.Current.CancellationToken);
        Assert.False(second.IsCompleted);
        held.Dispose();
        (await second).Dispose();
    }

    private void Enrol(KeyStore store)
    {
        using var key = store.MakePending();
        using var certificate = _authority.Issue(key, Plc);
        store.StorePending(certificate, _authority.Authorities);
    }

    private string[] Files() => [.. Directory.GetFiles(Home).Select(Path.GetFileName).Order(StringComparer.Ordinal)!];

    private static void Link(string from, string to)
    {
        Assert.Equal(0, link(Encoding.UTF8.GetBytes(from + "\0"), Encoding.UTF8.GetBytes(to + "\0")));
        [System.Runtime.InteropServices.DllImport("libc")]
        static extern int link(byte[] from, byte[] to);
    }
}
