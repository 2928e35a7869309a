using System.Globalization;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Core.Identity;

/// <summary>The time a certificate is valid, as whole times, not in the machine's time zone as .NET gives it.</summary>
public readonly record struct Validity(DateTimeOffset NotBefore, DateTimeOffset NotAfter)
{
    /// <summary>How far the authority's clock may be ahead of ours. Expiry gets no such grace: it would only lengthen every life.</summary>
    public static readonly TimeSpan AllowedClockSkew = TimeSpan.FromMinutes(5);

    public TimeSpan Life => NotAfter - NotBefore;

    public static Validity Of(X509Certificate2 certificate) =>
        new(certificate.NotBefore.ToUniversalTime(), certificate.NotAfter.ToUniversalTime());

    /// <summary>Null when valid now, else what is wrong and what would cure it.</summary>
    public string? Explain(DateTimeOffset now)
    {
        if (now > NotAfter)
            return $"notAfter: {Text(NotAfter)} has passed (it is {Text(now)}); enrol anew";
        if (now + AllowedClockSkew < NotBefore)
            return $"notBefore: {Text(NotBefore)} is still to come (it is {Text(now)}); check the clocks of both sides";
        return null;
    }

    public static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
