namespace Gateway.Service.Hosting;

/// <summary>Where the service keeps things.</summary>
/// <param name="State">Journals, keys, views. Its own, mode 0700.</param>
internal sealed record ServiceFolders(string State)
{
    public string StateJournal => Path.Combine(State, "state");

    public string Snapshots => Path.Combine(State, "snapshots");

    public string Records => Path.Combine(State, "records");

    public string View => Path.Combine(State, "view");

    public string ClaimCode => Path.Combine(State, "claim-code");
}
