namespace Gateway.Service.Tests.Fixtures;

/// <summary>Tests that set variables of the process run alone.</summary>
[CollectionDefinition(nameof(EnvironmentTests), DisableParallelization = true)]
public sealed class EnvironmentTests;
