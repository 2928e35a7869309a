using Gateway.Core.Api;
using Gateway.WebUi.Api;
using Gateway.WebUi.Components.Controls;
using Gateway.WebUi.Rows;
using Microsoft.AspNetCore.Components;

namespace Gateway.WebUi.Components.Pages;

/// <summary>Step 3: who may it talk to? Sending this form protects the device.</summary>
public sealed partial class AllowPage
{
    [SupplyParameterFromForm(FormName = "allow", Name = "address")]
    public string? Address { get; set; }

    [SupplyParameterFromForm(FormName = "allow", Name = "gatewayAddress")]
    public string? GatewayAddress { get; set; }

    [SupplyParameterFromForm(FormName = "allow", Name = "fabric")]
    public string? Fabric { get; set; }

    /// <summary><c>suggested</c>: the suggestions are marked, for a person to look at before sending.</summary>
    [SupplyParameterFromQuery(Name = "choose")]
    public string? Choose { get; set; }

    private FormErrors Errors { get; } = new();

    private IReadOnlyList<ProposalView> Proposals { get; set; } = [];

    private Dictionary<string, string> Choices { get; set; } = [];

    private List<string> Undecided { get; set; } = [];

    private string ChosenFabric => Fabric ?? (Page.Box!.Fabrics is [var first, ..] ? first.Name : "");

    protected override async Task LoadMoreAsync()
    {
        if (Device.State == "new")
            GoTo(DeviceLinks.Setup(Code, "found"));
        else if (Device.State != "named" && HttpMethods.IsGet(Http.Request.Method))
            GoTo(DeviceLinks.Page(Code));
        Proposals = await Api.ProposalsAsync(Code);
        if (HttpMethods.IsPost(Http.Request.Method))
            Choices = ProposalTable.Read(Http.Request.Form, Proposals);
        else if (Choose == "suggested")
            Choices = Proposals.ToDictionary(proposal => proposal.Id, proposal => proposal.Suggested ? "allow" : "refuse");
    }

    private async Task SendAsync()
    {
        Undecided = [.. Proposals.Select(proposal => proposal.Id).Where(id => !Choices.ContainsKey(id))];
        if (Undecided.Count > 0)
            Errors.AddForm(T.Count("allow.undecided", Undecided.Count));
        Errors.Require(T, "address", Address);
        if (Errors.None && await ApproveAsync())
        {
            GoTo(DeviceLinks.Page(Code));
            return;
        }
        MarkRefused();
    }

    private async Task<bool> ApproveAsync()
    {
        var allowed = Choices.Where(choice => choice.Value == "allow").Select(choice => choice.Key).ToList();
        var gatewayAddress = string.IsNullOrWhiteSpace(GatewayAddress) ? null : GatewayAddress.Trim();
        try
        {
            await Api.ApproveAsync(Code, new ApproveRequest(Address!.Trim(), gatewayAddress, Fabric ?? "", allowed));
            return true;
        }
        catch (ServiceRefusedException e)
        {
            Errors.Add(T, e, "address", "gatewayAddress", "fabric");
            return false;
        }
    }
}
