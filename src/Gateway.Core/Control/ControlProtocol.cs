namespace Gateway.Core.Control;

/// <summary>Frame of the control protocol on the Unix socket between service and dataplane: a little-endian 32-bit length of what
/// follows, a 16-bit message type, the fields. One service at a time; a new connection takes the place of the old one.</summary>
public static class ControlProtocol
{
    public const ushort Version = 2;

    /// <summary>Length and type.</summary>
    public const int HeaderBytes = 6;

    /// <summary>A policy of 1,000 devices with 10,000 grants is about 1.5 MiB; ten times that is a mistake.</summary>
    public const int MaxMessageBytes = 16 << 20;

    /// <summary>Caller entries that one authenticated caller may match at once; the flow keeps its conduits in a fixed array.</summary>
    public const int MaxEntries = 8;

    /// <summary>How long an announced connection may take to come; longer than any sane TCP connect on this machine.</summary>
    public const int IntentLifetimeMs = 5_000;

    /// <summary>Entry that stands for the gateway itself, for identification that a person asked for. No caller can have this name: it
    /// holds a character that names do not.</summary>
    public const string GatewayEntry = "@gateway";
}
