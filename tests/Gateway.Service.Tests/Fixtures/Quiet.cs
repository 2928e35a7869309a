using System.Runtime.CompilerServices;

namespace Gateway.Service.Tests.Fixtures;

/// <summary>Services under test print only what went wrong.</summary>
internal static class Quiet
{
    [ModuleInitializer]
    internal static void Make() => Environment.SetEnvironmentVariable("Logging__LogLevel__Default", "Error");
}
