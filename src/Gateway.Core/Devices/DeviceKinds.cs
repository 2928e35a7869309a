namespace Gateway.Core.Devices;

/// <summary>Kinds of devices as labels and in the API: kebab-case.</summary>
public static class DeviceKinds
{
    public static string Label(DeviceKind kind) => kind switch
    {
        DeviceKind.Plc => "plc",
        DeviceKind.Camera => "camera",
        DeviceKind.BadgeReader => "badge-reader",
        DeviceKind.SortingMachine => "sorting-machine",
        DeviceKind.Drive => "drive",
        _ => "other",
    };

    /// <summary>The kind with the label; <see cref="DeviceKind.Other"/> for any other text.</summary>
    public static DeviceKind FromLabel(string label) => Array.Find(Enum.GetValues<DeviceKind>(), k => Label(k) == label);

    public static bool TryParse(string? label, out DeviceKind kind)
    {
        kind = FromLabel(label ?? "");
        return label is not null && Label(kind) == label;
    }
}
