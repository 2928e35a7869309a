using Gateway.Core.Api;
using Gateway.WebUi.Api;
using Gateway.WebUi.Components.Controls;
using Gateway.WebUi.Rows;
using Microsoft.AspNetCore.Components;

namespace Gateway.WebUi.Components.Pages;

/// <summary>Step 2: what do people call it? Also the page on which a name is changed later.</summary>
public sealed partial class NamePage
{
    [SupplyParameterFromForm(FormName = "name", Name = "name")]
    public string? Name { get; set; }

    [SupplyParameterFromForm(FormName = "name", Name = "kind")]
    public string? Kind { get; set; }

    [SupplyParameterFromForm(FormName = "name", Name = "labels")]
    public string? Labels { get; set; }

    [SupplyParameterFromForm(FormName = "name", Name = "place")]
    public string? Place { get; set; }

    [SupplyParameterFromForm(FormName = "name", Name = "equipmentNumber")]
    public string? EquipmentNumber { get; set; }

    [SupplyParameterFromForm(FormName = "name", Name = "keeper")]
    public string? Keeper { get; set; }

    /// <summary>Chosen in the step before.</summary>
    [SupplyParameterFromQuery(Name = "kind")]
    public string? FoundKind { get; set; }

    private FormErrors Errors { get; } = new();

    private bool InSetup => StateWords.InSetup(Device.State);

    private string Heading => InSetup ? T["name.title"] : T["name.change-title", Device.Name];

    private string ChosenKind => Kind ?? FoundKind ?? (Device.State == "new" ? Device.Guess.Kind : Device.Kind);

    private string Back => InSetup ? DeviceLinks.Setup(Code, "found") : DeviceLinks.Page(Code);

    private async Task SendAsync()
    {
        var wasInSetup = InSetup;
        Errors.Require(T, "name", Name);
        if (Kind is null || !DeviceKinds.All.Contains(Kind))
            Errors.Add("kind", T["found.choose"]);
        if (!LabelText.TryRead(Labels, out var labels, out var badLine))
            Errors.Add("labels", T["name.labels-wrong", badLine]);
        if (Errors.None && await SaveAsync(labels))
        {
            GoTo(wasInSetup ? DeviceLinks.Setup(Code, "allow") : DeviceLinks.Page(Code));
            return;
        }
        MarkRefused();
    }

    private async Task<bool> SaveAsync(IReadOnlyDictionary<string, string> labels)
    {
        try
        {
            await Api.NameAsync(Code, new NameRequest(
                Name!.Trim(), Kind!, labels, Place?.Trim() ?? "", EquipmentNumber?.Trim() ?? "", Keeper?.Trim() ?? ""));
            return true;
        }
        catch (ServiceRefusedException e)
        {
            Errors.Add(T, e, "name", "kind", "labels", "place", "equipmentNumber", "keeper");
            return false;
        }
    }
}
