namespace Gateway.Service.Tests.Fixtures;

/// <summary>One box for all tests of a class, for those that change nothing of it.</summary>
public sealed class SharedBox : IAsyncLifetime
{
    internal TestBox Box { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Box = await TestBox.StartAsync();

    public ValueTask DisposeAsync() => Box.DisposeAsync();
}
