namespace Gateway.WebUi;

/// <summary>Everything that is bounded in this process, each with its reason.</summary>
internal static class WebLimits
{
    /// <summary>Connections at once. A browser needs one (HTTP/2) or six; a control room has perhaps twenty.</summary>
    public const int Connections = 256;

    /// <summary>Requests at once on one HTTP/2 connection: nine tabs, each with its event stream, and their pages.</summary>
    public const int StreamsPerConnection = 64;

    /// <summary>Header fields of a request. A browser sends about 20.</summary>
    public const int HeaderCount = 48;

    /// <summary>Bytes of all header fields of a request. Three cookies and a long Referer stay below 4 KiB.</summary>
    public const int HeadersBytes = 16 * 1024;

    /// <summary>Bytes of a form. The largest, the list of proposals, has about 100 rows of 80 bytes.</summary>
    public const long FormBytes = 64 * 1024;

    /// <summary>Fields of a form: two per proposal, and the proposals are bounded by the service.</summary>
    public const int FormFields = 512;

    /// <summary>Bytes of a request that is passed to the service: a policy document of a large site has about 300 KiB.</summary>
    public const long ApiBytes = 1024 * 1024;

    /// <summary>Bytes of one answer of the service that a page reads: 500 devices are about 400 KiB.</summary>
    public const long AnswerBytes = 8 * 1024 * 1024;

    /// <summary>Event streams at once, for all pages together; each holds one connection to the service.</summary>
    public const int LiveStreams = 128;

    /// <summary>Changes that wait for one slow page; when full, reading from the service waits, and the service falls back to a snapshot.</summary>
    public const int LiveQueue = 64;

    /// <summary>Rows of the log on one page.</summary>
    public const int LogRows = 100;

    /// <summary>Time for the headers of a request: a slow client must not hold a connection.</summary>
    public static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Idle time of a connection without a request.</summary>
    public static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(130);

    /// <summary>Time for connecting to the service: it is on the same machine.</summary>
    public static readonly TimeSpan ServiceConnect = TimeSpan.FromSeconds(2);

    /// <summary>Time for an answer of the service. The longest is the question to a device by Modbus.</summary>
    public static readonly TimeSpan ServiceAnswer = TimeSpan.FromSeconds(20);

    /// <summary>Time for open requests when the process is asked to stop; API event streams would never end by themselves.</summary>
    public static readonly TimeSpan Stopping = TimeSpan.FromSeconds(3);

    /// <summary>How often a page hears that its events are alive.</summary>
    public static readonly TimeSpan LiveBeat = TimeSpan.FromSeconds(5);

    /// <summary>Silence after which the service's event stream counts as dead; it sends a comment every 15 s.</summary>
    public static readonly TimeSpan LiveSilence = TimeSpan.FromSeconds(40);
}
