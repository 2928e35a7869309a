namespace Gateway.Plant;

/// <summary>Fixed numeric users of the gateway's processes (docs/decisions/0006). Only systemd wants accounts for them (<see cref="SystemdAccounts"/>).</summary>
public static class BoxUsers
{
    public const int Group = 64_200;
    public const int Dataplane = 64_201;
    public const int Service = 64_202;
    public const int Web = 64_203;

    /// <summary>Capabilities of a process of the box, as in its unit.</summary>
    public static IReadOnlyList<string> CapabilitiesOf(int user) => user == Dataplane ? ["net_raw", "net_admin", "bpf"] : [];

    /// <summary>Words for setpriv: become this user, with exactly these capabilities.</summary>
    public static IReadOnlyList<string> Become(int user, params IReadOnlyList<string> capabilities)
    {
        var set = capabilities.Count == 0 ? "-all" : "-all," + string.Join(',', capabilities.Select(c => "+" + c));
        return
        [
            "--reuid", user.ToString(System.Globalization.CultureInfo.InvariantCulture), "--regid",
            Group.ToString(System.Globalization.CultureInfo.InvariantCulture), "--clear-groups", "--no-new-privs",
            $"--inh-caps={set}", $"--ambient-caps={set}", $"--bounding-set={set}",
        ];
    }

    /// <summary>Makes a folder that belongs to a user and the common group.</summary>
    public static string Folder(string path, int user, string mode)
    {
        Directory.CreateDirectory(path);
        Shell.Run("chown", $"{user}:{Group}", path).Require($"giving {path} to {user}");
        Shell.Run("chmod", mode, path).Require($"chmod {path}");
        return path;
    }
}
