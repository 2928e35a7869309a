using System.Net;
using Gateway.Core.Api;
using Gateway.WebUi.Api;
using Gateway.WebUi.Components.Controls;
using Gateway.WebUi.Security;
using Microsoft.AspNetCore.Components;

namespace Gateway.WebUi.Components.Pages;

/// <summary>Whose box is this? The code that it printed makes the first account; there is no password from the factory.</summary>
public sealed partial class ClaimPage
{
    [SupplyParameterFromForm(FormName = "claim", Name = "code")]
    public string? Code { get; set; }

    [SupplyParameterFromForm(FormName = "claim", Name = "name")]
    public string? Name { get; set; }

    [SupplyParameterFromForm(FormName = "claim", Name = "password")]
    public string? Password { get; set; }

    private FormErrors Errors { get; } = new();

    protected override Task LoadAsync()
    {
        if (Page.Public is { Claimed: true } && HttpMethods.IsGet(Http.Request.Method))
            GoTo("/sign-in");
        return Task.CompletedTask;
    }

    private async Task SendAsync()
    {
        Errors.Require(T, "code", Code);
        Errors.Require(T, "name", Name);
        Errors.Require(T, "password", Password);
        if (Errors.None && await ClaimAsync() is { } session)
        {
            Cookies.SetSession(Http.Response, session);
            GoTo("/");
            return;
        }
        MarkRefused();
    }

    private async Task<SessionView?> ClaimAsync()
    {
        try
        {
            return await Api.ClaimAsync(new ClaimRequest(Code!.Trim(), Name!.Trim(), Password!));
        }
        catch (ServiceRefusedException e) when (e.Status == HttpStatusCode.Conflict)
        {
            Errors.AddForm(T["claim.taken"]);
        }
        catch (ServiceRefusedException e) when (e.Status == HttpStatusCode.Forbidden)
        {
            Errors.Add("code", T["claim.wrong"]);
        }
        catch (ServiceRefusedException e)
        {
            Errors.Add(T, e, "code", "name", "password");
        }
        return null;
    }
}
