using Gateway.Core.Api;
using Gateway.WebUi.Rows;
using Microsoft.AspNetCore.Components;

namespace Gateway.WebUi.Components.Pages;

/// <summary>A page about one device.</summary>
public abstract class DevicePart : GatewayPage
{
    /// <summary>Short code of the device, from the address.</summary>
    [Parameter]
    public required string Code { get; set; }

    protected DeviceDetail Detail { get; private set; } = null!;

    protected DeviceView Device => Detail.Device;

    /// <summary>Live changes of this device; the shape tells the server when rows are not enough.</summary>
    protected string LiveQuery => $"view=device&id={Uri.EscapeDataString(Code)}&shape={DetailRows.Shape(Detail)}";

    protected sealed override async Task LoadAsync()
    {
        Detail = await Api.DeviceAsync(Code);
        await LoadMoreAsync();
    }

    /// <summary>What the page needs besides the device.</summary>
    protected virtual Task LoadMoreAsync() => Task.CompletedTask;
}
