using System.ComponentModel.DataAnnotations;

namespace Gateway.Core.Api;

/// <param name="Code">Claim code that the box printed at its first start.</param>
/// <param name="Name">Account name, 3 to 32 characters.</param>
/// <param name="Password">Password, 10 to 128 characters.</param>
public sealed record ClaimRequest([Required] string Code, [Required] string Name, [Required] string Password);

/// <param name="Name">Account name.</param>
/// <param name="Password">Its password.</param>
public sealed record SignInRequest([Required] string Name, [Required] string Password);

/// <param name="Token">Bearer token of the session.</param>
/// <param name="Name">Account.</param>
/// <param name="Role"><c>engineer</c>, <c>operator</c> or <c>auditor</c>.</param>
/// <param name="ExpiresAt">End.</param>
public sealed record SessionView(string Token, string Name, string Role, DateTimeOffset ExpiresAt);

/// <param name="Name">Name, 3 to 48 lower-case letters, digits and hyphens.</param>
/// <param name="Kind">Kind.</param>
/// <param name="Labels">Labels as <c>key=value</c>.</param>
/// <param name="Place">Where it stands, at most 80 characters.</param>
/// <param name="EquipmentNumber">The plant's number, at most 40 characters.</param>
/// <param name="Keeper">Who looks after it, at most 80 characters.</param>
public sealed record NameRequest(
    [Required] string Name, [Required] string Kind, IReadOnlyDictionary<string, string>? Labels,
    string? Place, string? EquipmentNumber, string? Keeper);

/// <param name="Address">The device's own address with length, <c>192.168.10.21/24</c>.</param>
/// <param name="GatewayAddress">Address the gateway uses towards it; null: the suggested one.</param>
/// <param name="Fabric">Fabric it appears in; empty for none.</param>
/// <param name="Proposals">Ids of the chosen proposals.</param>
public sealed record ApproveRequest([Required] string Address, string? GatewayAddress, string? Fabric, IReadOnlyList<string>? Proposals);

/// <summary>More of the proposals, for a device that is approved already.</summary>
/// <param name="Proposals">Ids of the chosen proposals, at least one.</param>
public sealed record GrantsRequest([Required] IReadOnlyList<string> Proposals);

/// <summary>What stands on the socket now is right.</summary>
/// <param name="Mac">Hardware address that is right now: the bound one when the original is back, else the new one.</param>
/// <param name="Address">Address that is right now, with length.</param>
public sealed record ConfirmRequest([Required] string Mac, [Required] string Address);

/// <param name="Document">Policy or site document, YAML.</param>
public sealed record PolicyRequest([Required] string Document);

/// <param name="Valid">Whether it compiles.</param>
/// <param name="Errors">What is wrong, each with line, field, value and cure.</param>
/// <param name="Changes">What would change against the policy in force, one line each.</param>
/// <param name="Hash">SHA-256 of the compiled policy; empty when invalid.</param>
public sealed record PolicyResult(bool Valid, IReadOnlyList<PolicyErrorView> Errors, IReadOnlyList<string> Changes, string Hash);

/// <param name="Line">Line, from 1; 0 for the whole document.</param>
/// <param name="Field">Path of the field, <c>grants[2].allow[0].port</c>.</param>
/// <param name="Value">Value found.</param>
/// <param name="Message">What is wrong and what would be right.</param>
public sealed record PolicyErrorView(int Line, string Field, string Value, string Message);

/// <param name="From">Who: <c>device NAME</c>, <c>caller NAME</c> (an entry, or an identity that the fabric knows), <c>peer NAME</c>.</param>
/// <param name="To">Whom: <c>device NAME</c>, <c>service NAME</c>, <c>peer NAME</c>.</param>
/// <param name="Port">Transport and port, <c>tcp/502</c>.</param>
/// <param name="Operation">Operation inside, such as <c>modbus 3|0-9</c>; empty for none.</param>
public sealed record ExplainRequest([Required] string From, [Required] string To, [Required] string Port, string? Operation);

/// <param name="Allowed">The answer.</param>
/// <param name="Grant">Grant that allows it; empty when none does.</param>
/// <param name="Reason">Why, in one sentence.</param>
/// <param name="Near">Grants that come near, each with what differs.</param>
public sealed record ExplainView(bool Allowed, string Grant, string Reason, IReadOnlyList<string> Near);
