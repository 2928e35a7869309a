using System.Net;
using Gateway.Corridor.Authority;

namespace Gateway.Corridor.Hub;

/// <summary>How a hub is started.</summary>
internal sealed record HubOptions
{
    /// <summary>Folder of authority, state and admin socket.</summary>
    public required string Folder { get; init; }

    public required string Site { get; init; }

    public string Name { get; init; } = "hub";

    /// <summary>The one TCP socket; port 0 takes a free one.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>Host names in the hub's certificate, for TLS clients that look at those. Clients of the corridor do not.</summary>
    public IReadOnlyList<string> DnsNames { get; init; } = [];

    /// <summary>YAML file with lifetimes, groups, services and entitlements; null for none.</summary>
    public string? ConfigPath { get; init; }

    public Lifetimes Lifetimes { get; init; } = new();

    public HubLimits Limits { get; init; } = HubLimits.Default;

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
