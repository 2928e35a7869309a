using System.CommandLine;
using System.Net;
using Gateway.WebUi.Security;
using Microsoft.AspNetCore.Connections;

namespace Gateway.WebUi;

/// <summary><c>gateway-web</c>: the web pages of the box; and <c>gateway-web fingerprint</c>.</summary>
internal static class CommandLine
{
    public static RootCommand Create()
    {
        var state = new Option<string>("--state")
        {
            Description = "Folder for the TLS key and certificate and the keys of the forms.",
            DefaultValueFactory = _ => WebOptions.DefaultState,
            Recursive = true,
        };
        var listen = new Option<IPEndPoint[]>("--listen")
        {
            Description = $"Address and port where browsers reach the box; may be repeated. [default: {WebOptions.DefaultListen}]",
            CustomParser = result => [.. result.Tokens.Select(token => ParseListen(result, token.Value))],
            DefaultValueFactory = _ => [IPEndPoint.Parse(WebOptions.DefaultListen)],
            Arity = ArgumentArity.OneOrMore,
        };
        var api = new Option<string>("--api")
        {
            Description = "Unix socket of the service.",
            DefaultValueFactory = _ => WebOptions.DefaultApi,
        };
        var names = new Option<string[]>("--name")
        {
            Description = "Name or address by which people reach the box, for its certificate; may be repeated.",
            DefaultValueFactory = _ => [],
        };
        names.Validators.Add(result =>
        {
            foreach (var name in result.Tokens.Select(token => token.Value).Where(name => !WebOptions.IsHostName(name)))
                result.AddError($"--name '{name}' is no host name or address; write for example gw-hall3.plant.local");
        });
        var fingerprint = new Command("fingerprint", "Prints the SHA-256 fingerprint of the certificate, to compare with the browser's.") { };
        fingerprint.SetAction(result => PrintFingerprint(result.GetValue(state)!));
        var root = new RootCommand("The web pages of the gateway: HTTPS for browsers, everything else from the service.")
        {
            listen, api, state, names, fingerprint,
        };
        root.SetAction((result, cancel) => RunAsync(
            new WebOptions(result.GetValue(listen)!, result.GetValue(api)!, result.GetValue(state)!, result.GetValue(names)!), cancel));
        return root;
    }

    private static IPEndPoint ParseListen(System.CommandLine.Parsing.ArgumentResult result, string text)
    {
        if (!WebOptions.TryParseListen(text, out var end, out var error))
            result.AddError(error);
        return end;
    }

    private static int PrintFingerprint(string state)
    {
        if (TlsIdentity.KeptFingerprint(state) is { } fingerprint)
        {
            Console.WriteLine(fingerprint);
            return 0;
        }
        Console.Error.WriteLine($"there is no certificate in {state} yet; it is made at the first start");
        return 1;
    }

    private static async Task<int> RunAsync(WebOptions options, CancellationToken cancel)
    {
        try
        {
            await using var app = WebProcess.Build(options, TimeProvider.System);
            await app.StartAsync(cancel);
            foreach (var url in app.Urls)
                Console.WriteLine($"gateway-web listens on {url}");
            Console.WriteLine($"certificate SHA-256 {app.Services.GetRequiredService<TlsIdentity>().Fingerprint}");
            await app.WaitForShutdownAsync(cancel);
            return 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or AddressInUseException)
        {
            // A full disk, a folder of somebody else, a port that is taken: what to change stands in the message.
            Console.Error.WriteLine($"gateway-web: {e.Message}");
            return 1;
        }
    }
}
