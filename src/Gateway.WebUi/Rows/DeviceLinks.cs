namespace Gateway.WebUi.Rows;

/// <summary>Addresses of the pages of a device.</summary>
internal static class DeviceLinks
{
    public static string Page(string id) => $"/d/{Uri.EscapeDataString(id)}";

    public static string Setup(string id, string step) => $"{Page(id)}/setup/{step}";

    public static string AllowMore(string id) => $"{Page(id)}/allow";

    public static string Replace(string id) => $"{Page(id)}/replace";

    public static string Action(string id, string action) => $"{Page(id)}/do/{action}";

    public static string RemoveGrant(string id, string grant) => $"{Page(id)}/grants/{Uri.EscapeDataString(grant)}/remove";

    /// <summary>Where a person wants to go who presses a device in this state.</summary>
    public static string For(string? id, string state) => id is null ? ""
        : state == "new" ? Setup(id, "found")
        : state == "named" ? Setup(id, "allow")
        : Page(id);
}
