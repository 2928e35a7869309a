using Gateway.WebUi.Components.Controls;
using Gateway.WebUi.Rows;
using Microsoft.AspNetCore.Components;

namespace Gateway.WebUi.Components.Pages;

/// <summary>Step 1: what is this? Nothing is stored: the answer goes on to the next step in its address.</summary>
public sealed partial class FoundPage
{
    [SupplyParameterFromForm(FormName = "found", Name = "kind")]
    public string? Kind { get; set; }

    private FormErrors Errors { get; } = new();

    private string Chosen => Kind ?? (Device.Guess.Confidence > 0 ? Device.Guess.Kind : "");

    protected override Task LoadMoreAsync()
    {
        if (!StateWords.InSetup(Device.State))
            GoTo(DeviceLinks.Page(Code));
        return Task.CompletedTask;
    }

    private void Send()
    {
        if (Kind is not null && DeviceKinds.All.Contains(Kind))
        {
            GoTo($"{DeviceLinks.Setup(Code, "name")}?kind={Kind}");
            return;
        }
        Errors.Add("kind", T["found.choose"]);
        MarkRefused();
    }
}
