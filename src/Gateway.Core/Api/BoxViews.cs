namespace Gateway.Core.Api;

/// <summary>What anyone who reaches the box may know, before there is a session.</summary>
/// <param name="Site">Site name.</param>
/// <param name="Version">Program version.</param>
/// <param name="Claimed">Whether the first account exists.</param>
public sealed record BoxPublicView(string Site, string Version, bool Claimed);

/// <summary>The whole box at a glance: answers "is everything running, and what needs me?".</summary>
/// <param name="Site">Site name.</param>
/// <param name="Version">Program version.</param>
/// <param name="Claimed">Whether the first account exists.</param>
/// <param name="Sockets">Sockets as printed on the box, in order.</param>
/// <param name="Uplinks">Links to the plant network.</param>
/// <param name="Fabrics">State towards each fabric.</param>
/// <param name="Needs">What waits for a person, most urgent first.</param>
/// <param name="Dataplane">State of the packet path: <c>running</c>, <c>hanging</c>, <c>absent</c>.</param>
/// <param name="Journal">State of the journal: <c>ok</c>, <c>full</c>, <c>failed</c>.</param>
/// <param name="DevicesProtected">Devices in state protected.</param>
/// <param name="DevicesTotal">Devices known and not retired.</param>
/// <param name="Sequence">Last event this view includes; where an event stream may go on.</param>
public sealed record BoxView(
    string Site, string Version, bool Claimed, IReadOnlyList<SocketView> Sockets, IReadOnlyList<UplinkView> Uplinks,
    IReadOnlyList<FabricView> Fabrics, IReadOnlyList<NeedView> Needs, string Dataplane, string Journal,
    int DevicesProtected, int DevicesTotal, long Sequence);

/// <param name="Number">Number printed on the box, from 1.</param>
/// <param name="Link">Link name.</param>
/// <param name="Up">Whether a cable with a live device is in.</param>
/// <param name="DeviceId">Device that holds the socket; null when empty.</param>
/// <param name="DeviceName">Its name, or empty while it has none.</param>
/// <param name="Kind">Its kind: <c>plc</c>, <c>camera</c>, <c>badge-reader</c>, <c>sorting-machine</c>, <c>drive</c>, <c>other</c>.</param>
/// <param name="State">What the drawing shows: <c>empty</c>, <c>new</c>, <c>named</c>, <c>protected</c>, <c>changed</c>,
/// <c>cut-off</c>, <c>offline</c>.</param>
public sealed record SocketView(int Number, string Link, bool Up, string? DeviceId, string DeviceName, string Kind, string State)
{
    /// <summary>VLAN of the trunk in this socket; 0 when the socket is the device's own.</summary>
    public int Vlan { get; init; }
}

/// <param name="Link">Link name.</param>
/// <param name="Up">Whether a cable with something live is in.</param>
public sealed record UplinkView(string Link, bool Up);

/// <param name="Name">Name in the site file.</param>
/// <param name="Kind">Kind, such as <c>corridor</c>.</param>
/// <param name="State"><c>not-joined</c>, <c>connected</c>, <c>unreachable</c>, <c>refused</c>.</param>
/// <param name="Reason">Why, in words; empty when connected.</param>
/// <param name="Since">Since when.</param>
public sealed record FabricView(string Name, string Kind, string State, string Reason, DateTimeOffset Since);

/// <summary>A card on the Box page.</summary>
/// <param name="What">One of <see cref="NeedKinds"/>.</param>
/// <param name="Socket">Socket it concerns; 0 when none.</param>
/// <param name="DeviceId">Device it concerns; null when none.</param>
/// <param name="Detail">Value for the text, such as the guess or the name.</param>
/// <param name="Since">Since when.</param>
public sealed record NeedView(string What, int Socket, string? DeviceId, string Detail, DateTimeOffset Since);
