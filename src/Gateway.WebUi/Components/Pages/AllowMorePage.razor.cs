using Gateway.Core.Api;
using Gateway.WebUi.Api;
using Gateway.WebUi.Components.Controls;
using Gateway.WebUi.Rows;

namespace Gateway.WebUi.Components.Pages;

/// <summary>What else may it do? What is not allowed here stays refused.</summary>
public sealed partial class AllowMorePage
{
    private FormErrors Errors { get; } = new();

    private IReadOnlyList<ProposalView> Proposals { get; set; } = [];

    private Dictionary<string, string> Choices { get; set; } = [];

    protected override async Task LoadMoreAsync()
    {
        Proposals = await Api.ProposalsAsync(Code);
        Choices = HttpMethods.IsPost(Http.Request.Method)
            ? ProposalTable.Read(Http.Request.Form, Proposals)
            : Proposals.ToDictionary(proposal => proposal.Id, _ => "refuse");
    }

    private async Task SendAsync()
    {
        var allowed = Choices.Where(choice => choice.Value == "allow").Select(choice => choice.Key).ToList();
        if (allowed.Count == 0)
            Errors.AddForm(T["more.nothing"]);
        if (Errors.None && await AllowAsync(allowed))
        {
            GoTo(DeviceLinks.Page(Code));
            return;
        }
        MarkRefused();
    }

    private async Task<bool> AllowAsync(List<string> allowed)
    {
        try
        {
            await Api.AllowMoreAsync(Code, new GrantsRequest(allowed));
            return true;
        }
        catch (ServiceRefusedException e)
        {
            Errors.Add(T, e);
            return false;
        }
    }
}
