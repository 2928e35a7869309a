namespace Gateway.WebUi.Components.Controls;

/// <summary>Kinds of devices that a person can choose; the names are those of the API.</summary>
public static class DeviceKinds
{
    public static readonly IReadOnlyList<string> All = ["plc", "camera", "badge-reader", "sorting-machine", "drive", "other"];
}
