using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Gateway.Core.Api;

namespace Gateway.Plant;

/// <summary>Speaks the service's API on its Unix socket, as root on the box does.</summary>
public sealed class BoxClient : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly HttpClient _http;

    public BoxClient(string socket) => _http = new HttpClient(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancel) =>
        {
            var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancel);
                return new NetworkStream(connection, ownsSocket: true);
            }
            catch
            {
                connection.Dispose();
                throw;
            }
        },
    })
    {
        BaseAddress = new Uri("http://box/api/v1/"), Timeout = TimeSpan.FromSeconds(15),
    };

    /// <summary>The raw client, for what has no method here.</summary>
    public HttpClient Http => _http;

    public Task<T> GetAsync<T>(string path) => AnswerAsync<T>(_http.GetAsync(path));

    public Task<T> PostAsync<T>(string path, object? body = null) => AnswerAsync<T>(_http.PostAsJsonAsync(path, body ?? new { }, Json));

    public Task<T> PutAsync<T>(string path, object body) => AnswerAsync<T>(_http.PutAsJsonAsync(path, body, Json));

    public Task<IReadOnlyList<DeviceView>> DevicesAsync() => GetAsync<IReadOnlyList<DeviceView>>("devices");

    public Task<DeviceDetail> DeviceAsync(string id) => GetAsync<DeviceDetail>($"devices/{id}");

    /// <summary>Log entries of a kind, newest first.</summary>
    public async Task<IReadOnlyList<LogEntryView>> LogAsync(string kind) => (await GetAsync<LogPage>($"log?kind={kind}&limit=100")).Entries;

    /// <summary>Approves a named device at the addresses that the gateway suggests.</summary>
    public Task<DeviceDetail> ApproveAsync(DeviceDetail named, IReadOnlyList<string> proposals) =>
        PostAsync<DeviceDetail>($"devices/{named.Device.Id}/approve", new
        {
            address = named.Suggested.Address,
            gatewayAddress = named.Suggested.GatewayAddress,
            fabric = "corridor",
            proposals,
        });

    /// <summary>Ends a grant.</summary>
    public async Task RemoveGrantAsync(string name)
    {
        using var answer = await _http.DeleteAsync($"grants/{name}");
        await CheckAsync(answer);
    }

    public void Dispose() => _http.Dispose();

    private static async Task<T> AnswerAsync<T>(Task<HttpResponseMessage> asked)
    {
        using var answer = await asked;
        await CheckAsync(answer);
        return (await answer.Content.ReadFromJsonAsync<T>(Json))!;
    }

    private static async Task CheckAsync(HttpResponseMessage answer)
    {
        if (!answer.IsSuccessStatusCode)
            throw new HttpRequestException($"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}", null, answer.StatusCode);
    }
}
