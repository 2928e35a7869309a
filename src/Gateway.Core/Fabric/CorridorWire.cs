using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Gateway.Core.Identity;

namespace Gateway.Core.Fabric;

/// <summary>Names and paths of the corridor on the wire; <c>docs/decisions/0005-corridor-wire.md</c> is the contract.</summary>
public static class CorridorWire
{
    /// <summary>Value of <c>:protocol</c> for a dial (draft-ietf-httpbis-connect-tcp).</summary>
    public const string DialProtocol = "connect-tcp";

    /// <summary>Value of <c>:protocol</c> for a door. Ours; no RFC.</summary>
    public const string DoorProtocol = "corridor-door";

    /// <summary>Default template of connect-tcp, up to the two variables.</summary>
    public const string DialPrefix = "/.well-known/masque/tcp/";

    public const string DoorPrefix = "/corridor/v1/doors/";
    public const string DirectoryPath = "/corridor/v1/directory";

    /// <summary>Where <c>type</c> of a problem document points; the word after it is one of <see cref="CorridorProblems"/>.</summary>
    public const string ProblemPrefix = "/corridor/v1/problems/";

    public const string EstAuthoritiesPath = "/.well-known/est/cacerts";
    public const string EstEnrolPath = "/.well-known/est/simpleenroll";
    public const string EstReenrolPath = "/.well-known/est/simplereenroll";

    /// <summary>Says that a stream carries capsules (RFC 9297, section 3.4).</summary>
    public const string CapsuleHeader = "capsule-protocol";
    public const string CapsuleHeaderValue = "?1";

    public const string ProblemType = "application/problem+json";

    /// <summary>In place of a port number when a service is dialled: the service's own port. Ours: the draft wants 1 to 65535.</summary>
    public const ushort OwnPort = 0;

    public static string DialPath(string target, ushort port) =>
        string.Create(CultureInfo.InvariantCulture, $"{DialPrefix}{target}/{port}/");

    public static string DoorPath(string device) => DoorPrefix + device;

    /// <summary>Reads target and port of a dial. Names need no percent-encoding, so a path that has any is refused.</summary>
    public static bool TryParseDial(string path, [NotNullWhen(true)] out string? target, out ushort port)
    {
        (target, port) = (null, 0);
        if (!path.StartsWith(DialPrefix, StringComparison.Ordinal))
            return false;
        var parts = path[DialPrefix.Length..].Split('/');
        if (parts is not [var host, var number, ""] || SpiffeId.CheckName(host) is not null)
            return false;
        // The number parser skips zero characters at the end; a path has one spelling.
        if (number.Contains('\0', StringComparison.Ordinal) || !ushort.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out port) || (number.Length > 1 && number[0] == '0'))
            return false;
        target = host;
        return true;
    }

    public static bool TryParseDoor(string path, [NotNullWhen(true)] out string? device)
    {
        var name = path.StartsWith(DoorPrefix, StringComparison.Ordinal) ? path[DoorPrefix.Length..] : "";
        device = SpiffeId.CheckName(name) is null ? name : null;
        return device is not null;
    }
}

/// <summary>Why the hub refuses: the last word of a problem document's <c>type</c>, for programs. People read its <c>detail</c>.</summary>
public static class CorridorProblems
{
    public const string NotEntitled = "not-entitled";
    public const string UnknownTarget = "unknown-target";

    /// <summary>The certificate is revoked, expired, not yet valid, or not on record.</summary>
    public const string BadCredential = "bad-credential";

    /// <summary>A certificate is needed and none was shown.</summary>
    public const string NoCredential = "no-credential";

    /// <summary>Right certificate, but not for this: another device's door, a dial by a gateway.</summary>
    public const string NotYours = "not-yours";

    /// <summary>No door of the device is open: its gateway is away or busy.</summary>
    public const string NoDoor = "no-door";

    /// <summary>The gateway was asked and refused by its own policy.</summary>
    public const string GatewayRefused = "gateway-refused";

    /// <summary>The gateway or hub could not reach what was dialled.</summary>
    public const string Unreachable = "unreachable";

    public const string Limit = "limit";
    public const string BadRequest = "bad-request";
    public const string EnrolmentRefused = "enrolment-refused";
}
