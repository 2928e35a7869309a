using Gateway.Core.Api;

namespace Gateway.WebUi.Components.Controls;

/// <param name="Slug">Its part of the address <c>/d/{code}/setup/{slug}</c>, and its key in the texts.</param>
/// <param name="IsDone">Whether the device has left it behind.</param>
public sealed record SetupStep(string Slug, Func<DeviceDetail, bool> IsDone);

/// <summary>The way from an unknown socket to a protected device. A further step is a further line here and its page.</summary>
public static class SetupSteps
{
    public static readonly IReadOnlyList<SetupStep> All =
    [
        new("found", detail => detail.Device.State != "new"),
        new("name", detail => detail.Device.State != "new"),
        new("allow", detail => detail.Binding is not null),
    ];

    /// <summary>Where a device stands whose set-up is not finished.</summary>
    public static SetupStep Current(DeviceDetail detail) => All.FirstOrDefault(step => !step.IsDone(detail)) ?? All[^1];
}
