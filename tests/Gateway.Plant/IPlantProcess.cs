namespace Gateway.Plant;

/// <summary>A program of the plant that runs until it is disposed.</summary>
public interface IPlantProcess : IDisposable
{
    string Name { get; }

    /// <summary>Process number; 0 while it does not run.</summary>
    int Pid { get; }

    /// <summary>Times it was started again.</summary>
    int Restarts { get; }

    /// <summary>While true it is not started again after it ends.</summary>
    bool Held { get; set; }

    /// <summary>Ends it as a crash would; it comes back where restart is asked for.</summary>
    void KillHard();
}
