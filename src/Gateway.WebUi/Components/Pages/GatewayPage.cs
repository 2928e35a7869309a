using Gateway.WebUi.Api;
using Microsoft.AspNetCore.Components;

namespace Gateway.WebUi.Components.Pages;

/// <summary>What every page has: the request, what is known about it, and the way to the service. Refusals and absence of the service
/// that a page does not handle itself become pages in <see cref="ErrorPages"/>.</summary>
public abstract class GatewayPage : ComponentBase
{
    [CascadingParameter]
    public required HttpContext Http { get; set; }

    [Inject]
    public required PageState Page { get; set; }

    [Inject]
    public required GatewayApi Api { get; set; }

    [Inject]
    public required NavigationManager Navigation { get; set; }

    /// <summary>What the page shows, before anything of it is made: a page without its data is never rendered.</summary>
    protected virtual Task LoadAsync() => Task.CompletedTask;

    public override async Task SetParametersAsync(ParameterView parameters)
    {
        parameters.SetParameterProperties(this);
        await LoadAsync();
        await base.SetParametersAsync(ParameterView.Empty);
    }

    /// <summary>Says with the status, too, that a form was not taken (RFC 9110 section 15.5.21).</summary>
    protected void MarkRefused() => Http.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;

    /// <summary>On to the next page: a reload then repeats nothing.</summary>
    protected void GoTo(string path) => Navigation.NavigateTo(path);
}
