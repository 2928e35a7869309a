namespace Gateway.Core.Policy;

/// <summary>Bounds of a site document and of what is compiled from it. Going over one is an error that names it.</summary>
public static class PolicyLimits
{
    /// <summary>Bytes of UTF-8 in a document. The largest allowed number of devices and grants needs about this much.</summary>
    public const int MaxDocumentBytes = 4 << 20;

    /// <summary>Nesting of lists and maps; the format needs 6.</summary>
    public const int MaxNestingDepth = 8;

    /// <summary>Values in a document, single ones included; the largest sensible document has about half.</summary>
    public const int MaxValues = 1_000_000;

    /// <summary>Errors, and warnings, listed; the rest is counted.</summary>
    public const int MaxErrors = 100;

    /// <summary>One downlink per device, and the uplinks.</summary>
    public const int MaxLinks = MaxDevices + 64;

    /// <summary>Fabrics of one site; each costs a connector per device.</summary>
    public const int MaxFabrics = 16;

    /// <summary>Devices behind one gateway; eight times the largest hall known.</summary>
    public const int MaxDevices = 4096;

    public const int MaxPeers = 4096;

    /// <summary>Services; each holds a listener of the gateway's own stack.</summary>
    public const int MaxServices = 1024;

    public const int MaxCallers = 4096;

    public const int MaxGrants = 20_000;

    /// <summary>Ports in one grant.</summary>
    public const int MaxAllows = 64;

    /// <summary>Conduits after labels are expanded: what a control message of 16 MiB carries with names and rules, and room to spare.</summary>
    public const int MaxConduits = 131_072;

    /// <summary>Conduits that can apply to one flow; the packet path keeps them in a fixed array and walks it per request.</summary>
    public const int MaxConduitsPerFlow = 8;

    /// <summary>Longest name of a grant, in characters: it may be made of the names of both ends.</summary>
    public const int MaxGrantNameLength = 100;

    /// <summary>Longest identity, group, host or file name, in characters.</summary>
    public const int MaxTextLength = 255;

    /// <summary>Longest comment, in characters: a sentence or two.</summary>
    public const int MaxCommentLength = 500;

    /// <summary>Longest interface name in bytes (IFNAMSIZ less the closing zero, linux/if.h).</summary>
    public const int MaxInterfaceBytes = 15;

    /// <summary>Most flows a device may be given.</summary>
    public const int MaxFlowsPerDevice = 4096;

    /// <summary>Network length of a device's address, in bits: shorter is a mistyped mask, /32 leaves no address for the gateway.</summary>
    public const int LeastDevicePrefix = 8;
    public const int MaxDevicePrefix = 31;

    /// <summary>Length of the range of segment addresses, in bits: from 10.0.0.0/8 whole down to two devices and the host link.</summary>
    public const int LeastSegmentPrefix = 8;
    public const int MaxSegmentPrefix = 29;

    /// <summary>Listener ports of services on the host link. Below the kernel's own choice (32768 and up), so that none is taken.</summary>
    public const int FirstListenerPort = 20_000;
    public const int ListenerPorts = 10_000;
}
