using System.Globalization;

namespace Gateway.WebUi.Wording;

/// <summary>Times as people at the box read them: local, 24 h, ISO-like dates, the same in every language.</summary>
public sealed class Clock(TimeProvider time)
{
    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary><c>14:05</c> today, else <c>2026-03-02 14:05</c>.</summary>
    public string Short(DateTimeOffset at)
    {
        var local = Local(at);
        return local.Date == Local(Now).Date ? Format(local, "HH:mm") : Format(local, "yyyy-MM-dd HH:mm");
    }

    /// <summary><c>2026-03-02 14:05:09</c>.</summary>
    public string Full(DateTimeOffset at) => Format(Local(at), "yyyy-MM-dd HH:mm:ss");

    /// <summary><c>14:05:09</c>.</summary>
    public string Seconds(DateTimeOffset at) => Format(Local(at), "HH:mm:ss");

    /// <summary>For machines: UTC.</summary>
    public static string Machine(DateTimeOffset at) => Format(at.ToUniversalTime(), "yyyy-MM-dd'T'HH:mm:ss'Z'");

    private static string Format(DateTimeOffset at, string format) => at.ToString(format, CultureInfo.InvariantCulture);

    private DateTimeOffset Local(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, time.LocalTimeZone);
}
