using System.Net;
using Gateway.Core.Api;

namespace Gateway.WebUi.Api;

/// <summary>The service does not answer: it is down, or restarting.</summary>
public sealed class ServiceAwayException(Exception inner) : Exception("the service does not answer", inner);

/// <summary>The service said no.</summary>
/// <param name="problem">What it said; title and detail are in English, for people who read logs.</param>
/// <param name="retryAfter">How long to wait before the next try; null when it does not say.</param>
public sealed class ServiceRefusedException(ProblemView problem, TimeSpan? retryAfter)
    : Exception($"the service answered {problem.Status}: {problem.Title} {problem.Detail}")
{
    public ProblemView Problem { get; } = problem;

    public HttpStatusCode Status => (HttpStatusCode)Problem.Status;

    public TimeSpan? RetryAfter { get; } = retryAfter;
}
