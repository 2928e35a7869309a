using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gateway.Core.Fabric;

/// <summary>The hub's directory, cut to what the asker may know.</summary>
/// <param name="Site">Site.</param>
/// <param name="Hub">Name of the hub.</param>
/// <param name="Callers">For a gateway: everyone who may call through this fabric. Empty for others.</param>
/// <param name="Groups">For a gateway: every group. Empty for others.</param>
/// <param name="Services">Services offered to devices: for a gateway all, for a device or client those it may dial.</param>
/// <param name="Devices">For a client or device: devices it may dial. For a gateway: the devices of its segment.</param>
/// <param name="Entitlements">For a gateway: who may dial devices here, so that its pages can propose what the fabric already allows. Empty
/// for others.</param>
public sealed record CorridorDirectory(
    string Site, string Hub, IReadOnlyList<DirectoryCaller> Callers, IReadOnlyList<string> Groups,
    IReadOnlyList<DirectoryService> Services, IReadOnlyList<DirectoryDevice> Devices, IReadOnlyList<DirectoryEntitlement> Entitlements);

/// <param name="Client">Name of the client it is for; empty when for a group.</param>
/// <param name="ClientId">SPIFFE id of that client; empty when for a group.</param>
/// <param name="Group">Group it is for; empty when for a client.</param>
/// <param name="Target">Name of a device, or the beginning of names followed by <c>*</c>.</param>
/// <param name="Port">TCP port.</param>
public sealed record DirectoryEntitlement(string Client, string ClientId, string Group, string Target, ushort Port)
{
    public bool HasTarget(string device) =>
        Target.EndsWith('*') ? device.StartsWith(Target[..^1], StringComparison.Ordinal) : Target == device;
}

/// <param name="Id">SPIFFE id.</param>
/// <param name="Name">Short name.</param>
/// <param name="Groups">Its groups.</param>
public sealed record DirectoryCaller(string Id, string Name, IReadOnlyList<string> Groups);

/// <param name="Name">Name by which it is dialled.</param>
/// <param name="Port">Its TCP port.</param>
/// <param name="Devices">For a gateway: which of its devices may dial it now. Empty for others.</param>
public sealed record DirectoryService(string Name, ushort Port, IReadOnlyList<string> Devices);

/// <param name="Name">Name by which it is dialled.</param>
/// <param name="Ports">Ports the asker may dial; for a gateway every port some caller may dial.</param>
/// <param name="Present">Whether its gateway holds a connection for it now.</param>
public sealed record DirectoryDevice(string Name, IReadOnlyList<ushort> Ports, bool Present);

/// <summary>Why a request was refused (RFC 9457).</summary>
/// <param name="Type"><see cref="CorridorWire.ProblemPrefix"/> and one of <see cref="CorridorProblems"/>.</param>
/// <param name="Title">In few words.</param>
/// <param name="Status">HTTP status.</param>
/// <param name="Detail">One sentence: who, what, what is missing.</param>
/// <param name="Caller">Identity of who asked, as authenticated; null without a certificate.</param>
/// <param name="Target">What was asked for; null when it has no name.</param>
public sealed record CorridorProblem(string Type, string Title, int Status, string Detail, string? Caller = null, string? Target = null)
{
    /// <summary>One of <see cref="CorridorProblems"/>.</summary>
    [JsonIgnore]
    public string Kind => Type.StartsWith(CorridorWire.ProblemPrefix, StringComparison.Ordinal) ? Type[CorridorWire.ProblemPrefix.Length..] : Type;
}

/// <summary>JSON of the corridor, without reflection.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = 8, NumberHandling = JsonNumberHandling.Strict)]
[JsonSerializable(typeof(DoorRequest))]
[JsonSerializable(typeof(DoorAnswer))]
[JsonSerializable(typeof(CorridorDirectory))]
[JsonSerializable(typeof(CorridorProblem))]
public sealed partial class CorridorWireJson : JsonSerializerContext;
