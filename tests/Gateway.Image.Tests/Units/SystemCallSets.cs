namespace Gateway.Image.Tests.Units;

/// <summary>Sets of system calls by which units name them, as the systemd of this machine knows them.</summary>
internal static class SystemCallSets
{
    /// <summary>Calls that the lines of a filter let through: those of the first, which allows, without those of the lines with '~'
    /// (systemd.exec(5), SystemCallFilter). What every process needs, the set @default, is always in.</summary>
    public static HashSet<string> Allowed(IEnumerable<string> lines)
    {
        var allowed = new HashSet<string>();
        foreach (var line in lines)
        {
            var calls = line.TrimStart('~').Split(' ').SelectMany(Expand);
            if (line[0] == '~')
                allowed.ExceptWith(calls);
            else
                allowed.UnionWith(calls);
        }
        allowed.UnionWith(Expand("@default"));
        return allowed;
    }

    private static IEnumerable<string> Expand(string name)
    {
        if (name[0] != '@')
            return [name];
        var (status, output) = Tool.Run("systemd-analyze", "syscall-filter", "--no-pager", name);
        Assert.True(status == 0, output);
        // The name, a comment, and a call or a further set on each line.
        return output.Split('\n').Skip(1).Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#').SelectMany(Expand);
    }
}
