using System.Net;
using Gateway.Core.Api;
using Gateway.WebUi.Api;
using Gateway.WebUi.Components.Controls;
using Gateway.WebUi.Security;
using Microsoft.AspNetCore.Components;

namespace Gateway.WebUi.Components.Pages;

/// <summary>Who is there?</summary>
public sealed partial class SignInPage
{
    [SupplyParameterFromForm(FormName = "sign-in", Name = "name")]
    public string? Name { get; set; }

    [SupplyParameterFromForm(FormName = "sign-in", Name = "password")]
    public string? Password { get; set; }

    [SupplyParameterFromQuery(Name = "to")]
    public string? To { get; set; }

    private FormErrors Errors { get; } = new();

    protected override Task LoadAsync()
    {
        if (Page.Public is { Claimed: false })
            GoTo("/claim");
        return Task.CompletedTask;
    }

    private async Task SendAsync()
    {
        Errors.Require(T, "name", Name);
        Errors.Require(T, "password", Password);
        if (Errors.None && await SignInAsync() is { } session)
        {
            Cookies.SetSession(Http.Response, session);
            GoTo(LocalPath.Or(To));
            return;
        }
        MarkRefused();
    }

    private async Task<SessionView?> SignInAsync()
    {
        try
        {
            return await Api.SignInAsync(new SignInRequest(Name!.Trim(), Password!));
        }
        catch (ServiceRefusedException e) when (e.Status == HttpStatusCode.Unauthorized)
        {
            // Not which of the two was wrong: that would tell names to strangers.
            Errors.AddForm(T["sign-in.wrong"]);
        }
        catch (ServiceRefusedException e)
        {
            Errors.Add(T, e, "name", "password");
        }
        return null;
    }
}
