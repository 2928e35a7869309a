using Gateway.Core.Api;
using Gateway.WebUi.Wording;

namespace Gateway.WebUi.Rows;

/// <summary>The rows of the Devices page.</summary>
public sealed class DeviceRows(Texts texts, Symbols symbols, Clock clock)
{
    public const string List = "devices";

    private Texts T => texts;

    /// <summary>"7 devices": those that are not retired.</summary>
    public LiveRow Count(int devices) => new("devices-count")
    {
        Texts = new Dictionary<string, string> { ["text"] = T.Count("devices.count", devices) },
    };

    public LiveRow Row(DeviceView device)
    {
        var state = StateWords.Shown(device);
        return new LiveRow($"device-{device.Id}")
        {
            List = List,
            Class = Symbols.ClassOf(state),
            Texts = new Dictionary<string, string>
            {
                ["socket"] = device.Socket > 0 ? device.Socket.ToString(null, null) : "",
                ["name"] = device.Name.Length > 0 ? device.Name : T["socket.unnamed"],
                ["kind"] = device.Name.Length > 0 ? T.Pick("kind", device.Kind) : T["devices.looks-like", T.Pick("looks-like", device.Guess.Kind)],
                ["state"] = T.Pick("state", state, state),
                ["since"] = clock.Short(device.Since),
                ["address"] = device.Address,
                ["mac"] = device.Mac,
            },
            Links = new Dictionary<string, string>
            {
                ["to"] = DeviceLinks.For(device.Id, device.State),
                ["mark"] = symbols.OfState(state),
            },
        };
    }
}
