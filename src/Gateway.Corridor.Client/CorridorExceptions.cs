using Gateway.Core.Fabric;

namespace Gateway.Corridor.Client;

/// <summary>The hub answered, and the answer is no. Trying again at once is of no use; the message is the hub's own reason.</summary>
public sealed class CorridorRefusedException(CorridorProblem problem) : Exception(problem.Detail)
{
    public CorridorProblem Problem { get; } = problem;

    /// <summary>The hub does not accept the certificate as such, whatever was asked.</summary>
    public bool IsCredentialRefused => Problem.Kind == CorridorProblems.BadCredential;
}

/// <summary>The hub did not answer, or what answered is not this site's hub. Tried again with back-off.</summary>
public sealed class CorridorUnreachableException(string message, Exception? inner = null) : Exception(message, inner);
