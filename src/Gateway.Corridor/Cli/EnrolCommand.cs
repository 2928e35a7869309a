using System.CommandLine;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Core.Identity;
using Gateway.Corridor.Client;

namespace Gateway.Corridor.Cli;

/// <summary><c>corridor enrol</c>: makes a key and gets the first certificate for it.</summary>
internal static class EnrolCommand
{
    private const string FromStandardInput = "-";

    public static Command Build()
    {
        var hub = new Option<string>("--hub") { Description = "Where the hub listens", Required = true, HelpName = "HOST:PORT" };
        var ca = new Option<string?>("--ca") { Description = "Certificate of the site's authority, PEM (ca.crt of the hub)", HelpName = "FILE" };
        var fingerprint = new Option<string?>("--ca-fingerprint") { Description = "SHA-256 of that certificate, in place of the file", HelpName = "SHA256" };
        var name = new Option<string>("--name") { Description = "Name the token is for", Required = true, HelpName = "NAME" };
        var gateway = new Option<bool>("--gateway") { Description = "The token is for a gateway, not for a client" };
        var token = new Option<string>("--token") { Description = "One-time token; - reads it from standard input", Required = true, HelpName = "TOKEN" };
        var identity = new Option<string>("--identity") { Description = "Folder for key and certificate; made when missing", Required = true, HelpName = "DIR" };
        var replace = new Option<bool>("--replace") { Description = "Take the place of a certificate that is already there" };
        var command = new Command("enrol", "Get the first certificate of a client or gateway") { hub, ca, fingerprint, name, gateway, token, identity, replace };
        command.SetAction((parse, cancel) => RunAsync(new Asked(
            parse.GetRequiredValue(hub), parse.GetValue(ca), parse.GetValue(fingerprint), parse.GetRequiredValue(name), parse.GetValue(gateway),
            parse.GetRequiredValue(token), parse.GetRequiredValue(identity), parse.GetValue(replace)), cancel));
        return command;
    }

    private static async Task<int> RunAsync(Asked asked, CancellationToken cancel)
    {
        try
        {
            var hub = CorridorEndpoint.Parse(asked.Hub);
            var authorities = await AuthoritiesAsync(asked, hub, cancel);
            var site = SiteOf(authorities);
            var id = asked.Gateway ? SpiffeId.ForGateway(site, asked.Name) : SpiffeId.ForClient(site, asked.Name);
            var token = asked.Token == FromStandardInput ? (await Console.In.ReadLineAsync(cancel) ?? "").Trim() : asked.Token;
            using var identity = await EnrolAsync(asked, hub, authorities, id, token, cancel);
            Say.Note($"{identity.Id} is enrolled until {Validity.Text(identity.Validity.NotAfter)}; key and certificate are in {asked.Identity}");
            return 0;
        }
        catch (Exception e) when (e is CorridorRefusedException or CorridorUnreachableException or CertificateRejectedException
            or IdentityStoreException or FormatException or IOException or CryptographicException or UnauthorizedAccessException)
        {
            Say.Error(e.Message);
            return 1;
        }
    }

    private static async Task<StoredIdentity> EnrolAsync(
        Asked asked, CorridorEndpoint hub, X509Certificate2Collection authorities, SpiffeId id, string token, CancellationToken cancel)
    {
        var store = KeyStore.Open(asked.Identity);
        using var held = await store.LockAsync(cancel);
        if (!asked.Replace && store.LoadCurrent() is { } present)
        {
            using (present)
                throw new IdentityStoreException($"{asked.Identity} holds {present.Id} until {Validity.Text(present.Validity.NotAfter)}; give another folder, or --replace");
        }
        using var est = new EstClient(hub, authorities);
        var cycle = new CredentialCycle(store, hub, CorridorClientOptions.Default);
        return await cycle.RunAsync(id, authorities, (request, stop) => est.EnrolAsync(request, asked.Name, token, stop), cancel);
    }

    private static async Task<X509Certificate2Collection> AuthoritiesAsync(Asked asked, CorridorEndpoint hub, CancellationToken cancel)
    {
        if (asked.Ca is null == asked.Fingerprint is null)
            throw new FormatException("give either --ca FILE or --ca-fingerprint SHA256; without one of them anybody could answer for the hub");
        if (asked.Fingerprint is { } fingerprint)
            return await EstClient.FetchAuthoritiesAsync(hub, fingerprint, null, cancel);
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(asked.Ca!);
        return authorities.Count > 0 ? authorities : throw new FormatException($"--ca: {asked.Ca} holds no certificate in PEM");
    }

    private static string SiteOf(X509Certificate2Collection authorities)
    {
        foreach (var authority in authorities)
        {
            if (SubjectNames.Of(authority).Uris is [var uri] && SpiffeId.TryParse(uri, out var id, out _) && id.Kind == SpiffeKind.Site)
                return id.Site;
        }
        throw new FormatException("the authority's certificate names no site (spiffe://SITE); take ca.crt of the hub");
    }

    private sealed record Asked(
        string Hub, string? Ca, string? Fingerprint, string Name, bool Gateway, string Token, string Identity, bool Replace);
}
