using System.Globalization;
using Gateway.WebUi.Api;
using Gateway.WebUi.Rows;
using Gateway.WebUi.Wording;
using Microsoft.AspNetCore.Components;

namespace Gateway.WebUi.Components.Pages;

/// <summary>What happened, and who did it?</summary>
public sealed partial class LogPage
{
    [SupplyParameterFromQuery(Name = "device")]
    public string? Device { get; set; }

    [SupplyParameterFromQuery(Name = "kind")]
    public string? Kind { get; set; }

    [SupplyParameterFromQuery(Name = "actor")]
    public string? Actor { get; set; }

    [SupplyParameterFromQuery(Name = "severity")]
    public string? Severity { get; set; }

    /// <summary>Where older lines begin; null: the newest.</summary>
    [SupplyParameterFromQuery(Name = "cursor")]
    public string? Cursor { get; set; }

    [Inject]
    public required LogRows Rows { get; set; }

    private LogFilter Filter => new(Device, Kind, Actor, Severity);

    private Core.Api.LogPage Entries { get; set; } = new([], null);

    private string LiveQuery => Filter.Query(("view", "log"), ("seq", Newest)).TrimStart('?');

    private string? Newest => Entries.Entries is [var first, ..] ? first.Sequence.ToString(CultureInfo.InvariantCulture) : null;

    protected override async Task LoadAsync() => Entries = await Api.LogAsync(Filter, Cursor, WebLimits.LogRows);

    private string Shown(string name, string value) => name switch
    {
        "kind" => LogWords.Title(T, value),
        "severity" => T.Pick("severity", value, value),
        "device" => Entries.Entries.FirstOrDefault(e => e.DeviceId == value) is { } entry ? LogWords.Device(T, entry) : value,
        _ => value,
    };
}
