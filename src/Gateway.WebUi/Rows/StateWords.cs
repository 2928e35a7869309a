using Gateway.Core.Api;

namespace Gateway.WebUi.Rows;

/// <summary>What the pages call the state of a device.</summary>
internal static class StateWords
{
    /// <summary>The state as drawn: a device that is protected but silent is offline to whoever stands before it.</summary>
    public static string Shown(DeviceView device) => device is { State: "protected", Online: false } ? "offline" : device.State;

    /// <summary>Whether it waits in the set-up.</summary>
    public static bool InSetup(string state) => state is "new" or "named";
}
