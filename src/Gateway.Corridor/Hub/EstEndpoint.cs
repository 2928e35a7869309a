using System.Security.Cryptography.X509Certificates;
using System.Text;
using Gateway.Core.Fabric;
using Gateway.Core.Identity;
using Gateway.Corridor.Authority;

namespace Gateway.Corridor.Hub;

/// <summary>Enrollment over Secure Transport (RFC 7030): the three operations every client of it has.</summary>
internal sealed class EstEndpoint(EnrolmentDesk desk, CertificateAuthority authority, HubLimits limits, HubCounters counters, string hub, RefusalLog refusals,
    ILogger log)
{
    /// <summary>Longest Authorization header read: a name, a colon and a token of 40 letters, in base64.</summary>
    private const int MaxAuthorizationLength = 256;

    public Task AuthoritiesAsync(HttpContext context) => AnswerAsync(context, new X509Certificate2Collection(authority.Certificate));

    /// <summary>First certificate: a token names the identity, or a gateway vouches for a device of its own.</summary>
    public Task EnrolAsync(HttpContext context, PeerConnection? peer) => RunAsync(context, () =>
    {
        if (Credentials(context) is var (name, token))
            return request => desk.ByToken(request, name, token);
        return peer is not null
            ? request => desk.ByGateway(request, peer.Credential.Id)
            : throw new EnrolmentRefusedException(401, "neither a token nor a gateway's certificate was shown; ask the operator for a token");
    });

    /// <summary>Next certificate of the identity that asks.</summary>
    public Task ReenrolAsync(HttpContext context, PeerConnection peer) => RunAsync(context, () => request => desk.Again(request, peer.Credential.Id));

    /// <summary>Finds out on what ground a certificate is asked for before it reads what is asked.</summary>
    private async Task RunAsync(HttpContext context, Func<Func<RequestedCertificate, X509Certificate2>> ground)
    {
        try
        {
            var decide = ground();
            var request = SigningRequest.Read(EstMessages.DecodeRequest(await BodyAsync(context)));
            using var certificate = decide(request);
            counters.Add(HubCounter.Enrolments);
            log.Enrolled(request.Id.ToString(), StoredIdentity.FingerprintOf(certificate), Validity.Text(Validity.Of(certificate).NotAfter));
            await AnswerAsync(context, new X509Certificate2Collection(certificate));
        }
        catch (EnrolmentRefusedException e)
        {
            await RefuseAsync(context, e.Status, e.Message);
        }
        catch (Exception e) when (e is CertificateRejectedException or InvalidDataException)
        {
            await RefuseAsync(context, 400, e.Message);
        }
    }

    private async Task<byte[]> BodyAsync(HttpContext context)
    {
        if (context.Request.ContentType?.StartsWith(EstMessages.RequestType, StringComparison.OrdinalIgnoreCase) != true)
            throw new EnrolmentRefusedException(415, $"Content-Type: '{context.Request.ContentType}'; send {EstMessages.RequestType}");
        if (context.Request.ContentLength > EstMessages.MaxRequestBytes)
            throw TooLarge();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        limit.CancelAfter(limits.EnrolmentBody);
        var buffer = new byte[EstMessages.MaxRequestBytes + 1];
        try
        {
            var length = await context.Request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, limit.Token);
            return length <= EstMessages.MaxRequestBytes ? buffer[..length] : throw TooLarge();
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            throw new EnrolmentRefusedException(408, $"the request did not arrive within {limits.EnrolmentBody.TotalSeconds:0} s");
        }
    }

    private static EnrolmentRefusedException TooLarge() =>
        new(413, $"the request is longer than {EstMessages.MaxRequestBytes} bytes; a P-256 request has about 500");

    /// <summary>Name and token of HTTP Basic (RFC 7617); null when there is no such header.</summary>
    private static (string Name, string Token)? Credentials(HttpContext context)
    {
        const string scheme = "Basic ";
        var header = context.Request.Headers.Authorization.ToString();
        if (!header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
            return null;
        var bytes = new byte[MaxAuthorizationLength];
        if (header.Length > MaxAuthorizationLength || !Convert.TryFromBase64String(header[scheme.Length..], bytes, out var length))
            throw new EnrolmentRefusedException(401, "Authorization: not base64 of NAME:TOKEN");
        var text = Encoding.UTF8.GetString(bytes, 0, length);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 ? (text[..colon], text[(colon + 1)..]) : throw new EnrolmentRefusedException(401, "Authorization: not NAME:TOKEN");
    }

    private static async Task AnswerAsync(HttpContext context, X509Certificate2Collection certificates)
    {
        var body = EstMessages.EncodeCertificates(certificates);
        context.Response.ContentType = EstMessages.AnswerTypeWithParameter;
        context.Response.ContentLength = body.Length;
        context.Response.Headers["content-transfer-encoding"] = "base64";
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    private Task RefuseAsync(HttpContext context, int status, string detail)
    {
        counters.Add(HubCounter.EnrolmentsRefused);
        refusals.Enrolment(context.Connection.RemoteIpAddress?.ToString() ?? "", detail);
        if (status == 401)
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"corridor\"";
        return Answers.RefuseAsync(context, hub, new Refusal(status, CorridorProblems.EnrolmentRefused, detail));
    }
}
