using System.Net;
using Gateway.Core.Api;

namespace Gateway.WebUi.Api;

/// <summary>What the pages ask of the service, in the name of the person whose session the request carries.</summary>
public sealed class GatewayApi(ServiceClient service, PageState page)
{
    public Task<BoxPublicView> PublicAsync() => GetAsync<BoxPublicView>("box/public");

    public Task<SessionView> ClaimAsync(ClaimRequest request) => PostAsync<SessionView>("claim", request);

    public Task<SessionView> SignInAsync(SignInRequest request) => PostAsync<SessionView>("sessions", request);

    public Task<SessionView> SessionAsync() => GetAsync<SessionView>("sessions/current");

    public Task SignOutAsync() => service.SendAsync(HttpMethod.Delete, "sessions/current", page, null);

    public Task<BoxView> BoxAsync() => GetAsync<BoxView>("box");

    public Task<DeviceView[]> DevicesAsync(bool retired) => GetAsync<DeviceView[]>(retired ? "devices?retired=true" : "devices");

    public Task<DeviceDetail> DeviceAsync(string id) => GetAsync<DeviceDetail>(Device(id));

    public Task<ProposalView[]> ProposalsAsync(string id) => GetAsync<ProposalView[]>(Device(id, "proposals"));

    public Task<DeviceDetail> NameAsync(string id, NameRequest request) =>
        service.SendAsync<DeviceDetail>(HttpMethod.Put, Device(id, "name"), page, request);

    public Task<DeviceDetail> ApproveAsync(string id, ApproveRequest request) => PostAsync<DeviceDetail>(Device(id, "approve"), request);

    public Task<DeviceDetail> AllowMoreAsync(string id, GrantsRequest request) => PostAsync<DeviceDetail>(Device(id, "grants"), request);

    public Task<DeviceDetail> ConfirmAsync(string id, ConfirmRequest request) => PostAsync<DeviceDetail>(Device(id, "confirm"), request);

    public Task<DeviceDetail> IdentifyAsync(string id) => PostAsync<DeviceDetail>(Device(id, "identify"), null);

    public Task<DeviceDetail> CutOffAsync(string id) => PostAsync<DeviceDetail>(Device(id, "cut-off"), null);

    public Task<DeviceDetail> RestoreAsync(string id) => PostAsync<DeviceDetail>(Device(id, "restore"), null);

    public Task<DeviceDetail> RetireAsync(string id) => PostAsync<DeviceDetail>(Device(id, "retire"), null);

    public Task RemoveGrantAsync(string name) =>
        service.SendAsync(HttpMethod.Delete, $"grants/{Segment(name)}", page, null);

    public Task<LogPage> LogAsync(LogFilter filter, string? cursor, int limit) =>
        GetAsync<LogPage>($"log{filter.Query(("limit", limit.ToString(null, null)), ("cursor", cursor))}");

    /// <summary>Opens the event stream of the service.</summary>
    /// <param name="topics">Topics with commas between: <c>box,devices,log</c>.</param>
    /// <param name="cancel">Ends the stream.</param>
    public Task<HttpResponseMessage> EventsAsync(string topics, CancellationToken cancel) =>
        service.OpenAsync($"events?topics={topics}", page, cancel);

    private static string Device(string id, string? part = null) =>
        part is null ? $"devices/{Segment(id)}" : $"devices/{Segment(id)}/{part}";

    // "." and ".." survive escaping and would make another path of it.
    private static string Segment(string value) => value is "." or ".." or ""
        ? throw new ServiceRefusedException(new ProblemView("no such name", (int)HttpStatusCode.NotFound, value, null), null)
        : Uri.EscapeDataString(value);

    private Task<T> GetAsync<T>(string path) => service.SendAsync<T>(HttpMethod.Get, path, page, null);

    private Task<T> PostAsync<T>(string path, object? body) =>
        service.SendAsync<T>(HttpMethod.Post, path, page, body);
}
