using Gateway.Core.Api;
using Gateway.WebUi.Api;
using Gateway.WebUi.Components.Controls;
using Gateway.WebUi.Rows;
using Microsoft.AspNetCore.Components;

namespace Gateway.WebUi.Components.Pages;

/// <summary>Same device replaced? The spare part takes over name, grants and identity.</summary>
public sealed partial class ReplacePage
{
    [SupplyParameterFromForm(FormName = "replace", Name = "mac")]
    public string? Mac { get; set; }

    [SupplyParameterFromForm(FormName = "replace", Name = "address")]
    public string? Address { get; set; }

    private FormErrors Errors { get; } = new();

    private string SeenMac => Detail.Break is { Mac.Length: > 0 } seen ? seen.Mac : Detail.Binding?.Mac ?? Device.Mac;

    /// <summary>What speaks there now, with the length of the network of before; a spare part with the same address needs no typing.</summary>
    private string SeenAddress
    {
        get
        {
            var bound = Detail.Binding?.Address ?? Detail.Suggested.Address;
            if (Detail.Break is not { Address.Length: > 0 } seen)
                return bound;
            var slash = bound.IndexOf('/', StringComparison.Ordinal);
            return seen.Address.Contains('/') || slash < 0 ? seen.Address : seen.Address + bound[slash..];
        }
    }

    protected override Task LoadMoreAsync()
    {
        if (Device.State != "changed" && HttpMethods.IsGet(Http.Request.Method))
            GoTo(DeviceLinks.Page(Code));
        return Task.CompletedTask;
    }

    private async Task SendAsync()
    {
        Errors.Require(T, "mac", Mac);
        Errors.Require(T, "address", Address);
        if (Errors.None && await ConfirmAsync())
        {
            GoTo(DeviceLinks.Page(Code));
            return;
        }
        MarkRefused();
    }

    private async Task<bool> ConfirmAsync()
    {
        try
        {
            await Api.ConfirmAsync(Code, new ConfirmRequest(Mac!.Trim(), Address!.Trim()));
            return true;
        }
        catch (ServiceRefusedException e)
        {
            Errors.Add(T, e, "mac", "address");
            return false;
        }
    }
}
