[assembly: AssemblyFixture(typeof(Gateway.Browser.Tests.Sites.Scenes))]

namespace Gateway.Browser.Tests.Sites;

/// <summary>Sites that tests only look at, each started once, with the first test that looks.</summary>
public sealed class Scenes : IAsyncLifetime
{
    private readonly Dictionary<string, Task<FakeSite>> _sites = [];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    internal Task<FakeSite> FindAsync(string scene)
    {
        lock (_sites)
        {
            if (!_sites.TryGetValue(scene, out var site))
                _sites[scene] = site = Start(scene);
            return site;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var site in _sites.Values)
            await (await site).DisposeAsync();
    }

    private static Task<FakeSite> Start(string scene) => scene switch
    {
        "unclaimed" => FakeSite.StartAsync(PlantStory.Unclaimed),
        "empty" => FakeSite.StartAsync(PlantStory.Empty),
        "hall" => FakeSite.StartAsync(PlantStory.Hall),
        "trouble" => FakeSite.StartAsync(PlantStory.Trouble),
        "away" => FakeSite.StartAwayAsync(),
        _ => throw new ArgumentOutOfRangeException(nameof(scene), scene, "no such scene"),
    };
}
