using Gateway.Core.Api;
using Gateway.WebUi.Rows;
using Microsoft.AspNetCore.Components;

namespace Gateway.WebUi.Components.Pages;

/// <summary>What is plugged in where?</summary>
public sealed partial class DevicesPage
{
    // Filled by live.js when a device appears.
    private static readonly LiveRow Empty = new("");

    [SupplyParameterFromQuery(Name = "retired")]
    public bool Retired { get; set; }

    private List<DeviceView> Devices { get; set; } = [];

    protected override async Task LoadAsync()
    {
        var devices = await Api.DevicesAsync(Retired);
        // As in the cabinet: by socket; what has no socket comes last.
        Devices = [.. devices.OrderBy(d => d.Socket == 0 ? int.MaxValue : d.Socket).ThenBy(d => d.Name, StringComparer.Ordinal)];
    }
}
