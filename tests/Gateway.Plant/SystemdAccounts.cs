namespace Gateway.Plant;

/// <summary>Accounts of the box's processes: systemd starts no unit for a number that has no name (217/USER). Made from the appliance's own
/// list, and removed with the last plant, if it was a plant that made them.</summary>
public static class SystemdAccounts
{
    /// <summary>There while the accounts of this machine are ours.</summary>
    private const string Mark = "/run/gateway-plant.accounts";

    private static readonly string[] Users = ["gateway-dataplane", "gateway-service", "gateway-web"];

    /// <param name="list">The appliance's sysusers.d file.</param>
    /// <exception cref="InvalidOperationException">The accounts cannot be made; a number may be taken.</exception>
    public static void Create(string list)
    {
        if (Array.TrueForAll(Users, Exists))
            return;
        File.WriteAllText(Mark, "");
        Shell.Run("systemd-sysusers", list).Require("making the accounts of the units");
    }

    /// <summary>Removes them, unless a plant still runs or they were there before.</summary>
    public static void Remove()
    {
        if (!File.Exists(Mark) || SystemdUnit.AnyLeft)
            return;
        foreach (var user in Users.Where(Exists))
            Shell.Run("userdel", user).Require($"removing the account {user}");
        // userdel takes the group along when it bears the user's name; this one does not.
        Shell.Run("groupdel", "gateway");
        File.Delete(Mark);
    }

    private static bool Exists(string user) => Shell.Run("getent", "passwd", user).ExitCode == 0;
}
