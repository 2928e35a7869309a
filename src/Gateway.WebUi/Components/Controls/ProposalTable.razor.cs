using Gateway.Core.Api;
using Microsoft.AspNetCore.Components;

namespace Gateway.WebUi.Components.Controls;

/// <summary>The table in which a person decides who may talk to a device.</summary>
public sealed partial class ProposalTable : ComponentBase
{
    [Parameter, EditorRequired]
    public required IReadOnlyList<ProposalView> Proposals { get; set; }

    /// <summary>Choice by proposal: <c>allow</c> or <c>refuse</c>.</summary>
    [Parameter, EditorRequired]
    public required IReadOnlyDictionary<string, string> Choices { get; set; }

    /// <summary>Rows that were sent without a choice.</summary>
    [Parameter]
    public IReadOnlyCollection<string> Undecided { get; set; } = [];

    /// <summary>What a form says about each proposal; rows without an answer are left out.</summary>
    public static Dictionary<string, string> Read(IFormCollection form, IEnumerable<ProposalView> proposals) => proposals
        .Select(proposal => (proposal.Id, Choice: form[$"choice.{proposal.Id}"].ToString()))
        .Where(row => row.Choice is "allow" or "refuse")
        .ToDictionary(row => row.Id, row => row.Choice);

    private bool Is(ProposalView proposal, string choice) => Choices.GetValueOrDefault(proposal.Id) == choice;
}
