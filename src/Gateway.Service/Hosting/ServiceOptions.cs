namespace Gateway.Service.Hosting;

/// <summary>What the service is started with.</summary>
/// <param name="SiteFile">Site file: links, fabrics, and what an engineer approved in writing.</param>
/// <param name="StateFolder">Journals, keys and views.</param>
/// <param name="DataplaneSocket">Control socket of the dataplane.</param>
/// <param name="ApiSocket">Where the API listens.</param>
internal sealed record ServiceOptions(string SiteFile, string StateFolder, string DataplaneSocket, string ApiSocket)
{
    /// <summary>Where the API listens on the appliance.</summary>
    public const string DefaultApiSocket = "/run/gateway/api.sock";
}
