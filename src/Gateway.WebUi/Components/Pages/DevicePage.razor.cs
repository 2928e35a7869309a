using Gateway.WebUi.Rows;
using Microsoft.AspNetCore.Components;

namespace Gateway.WebUi.Components.Pages;

/// <summary>Who may this one talk to, and is it working?</summary>
public sealed partial class DevicePage
{
    /// <summary>What the last button did, when it is not plain to see.</summary>
    [SupplyParameterFromQuery(Name = "notice")]
    public string? Notice { get; set; }

    private string Heading => Device.Name.Length > 0 ? Device.Name
        : Device.Socket > 0 ? T["found.title", Device.Socket]
        : T["socket.unnamed"];

    private LiveRow State => Rows.State(Detail);

    /// <summary>"Socket 5 · Hall 3, filling line 2 · =F2+K1-A1"; without a name the socket stands in the heading.</summary>
    private string Place => string.Join(" · ", new[]
    {
        Device.Socket > 0 && Device.Name.Length > 0 ? T["device.socket", Device.Socket] : "",
        Detail.Place,
        Detail.EquipmentNumber,
    }.Where(part => part.Length > 0));
}
