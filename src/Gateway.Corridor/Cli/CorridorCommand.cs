using System.CommandLine;

namespace Gateway.Corridor.Cli;

/// <summary>The command <c>corridor</c> and what it can do.</summary>
internal static class CorridorCommand
{
    public static RootCommand Build() => new("The corridor: the embedded reference fabric. Its hub, its operator's tool, and the tool of its clients.")
    {
        HubCommand.Build(),
        TokenCommand.Build(),
        EntitleCommand.Build(),
        ServiceCommand.Build(),
        RevokeCommand.BuildRevoke(),
        RevokeCommand.BuildRestore(),
        RevokeCommand.BuildRelease(),
        StatusCommand.BuildStatus(),
        StatusCommand.BuildFlows(),
        EnrolCommand.Build(),
        DialCommand.Build(),
    };
}
