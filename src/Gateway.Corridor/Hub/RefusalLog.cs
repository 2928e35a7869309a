namespace Gateway.Corridor.Hub;

/// <summary>Writes refusals to the log, so many a second: whoever is refused in a circle must not fill the disk. What was left out is
/// counted exactly, and the count written with the next second.</summary>
internal sealed class RefusalLog(ILogger log, HubLimits limits, HubCounters counters, TimeProvider time)
{
    private readonly Lock _lock = new();
    private DateTimeOffset _second;
    private int _written;
    private long _leftOut;

    public void Dial(Refusal refusal)
    {
        if (MayWrite())
            log.DialRefused(refusal.Kind, refusal.Detail);
    }

    public void Enrolment(string remote, string detail)
    {
        if (MayWrite())
            log.EnrolmentRefused(remote, detail);
    }

    public void Credential(string detail)
    {
        if (MayWrite())
            log.CredentialRefused(detail);
    }

    public void Handshake(string remote, string detail)
    {
        if (MayWrite())
            log.HandshakeRefused(remote, detail);
    }

    private bool MayWrite()
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            if (now - _second >= TimeSpan.FromSeconds(1) || now < _second)
            {
                if (_leftOut > 0)
                    log.RefusalsLeftOut(_leftOut);
                (_second, _written, _leftOut) = (now, 0, 0);
            }
            if (_written < limits.LoggedRefusalsPerSecond)
            {
                _written++;
                return true;
            }
            _leftOut++;
            counters.Add(HubCounter.LimitLoggedRefusals);
            return false;
        }
    }
}
