using System.Collections.Immutable;

namespace Gateway.Core.Api;

/// <summary>Why something is proposed, or why not. The pages have a text for each.</summary>
public static class ProposalReasons
{
    /// <summary>The fabric allows this caller already.</summary>
    public const string FabricAllows = "fabric-allows";

    /// <summary>Usual for a device of its kind, but the fabric does not allow this caller yet.</summary>
    public const string FabricRefuses = "fabric-refuses";

    /// <summary>It may change values of the device.</summary>
    public const string WritesValues = "writes-values";

    /// <summary>The device tried it while it was blocked.</summary>
    public const string Tried = "tried";

    /// <summary>The device tried it, and several devices have the address: a person must say which is meant.</summary>
    public const string SameAddressTwice = "same-address-twice";

    /// <summary>The device tried it, and several services have the port: a person must say which is meant.</summary>
    public const string SamePortTwice = "same-port-twice";

    public static ImmutableArray<string> All { get; } = [FabricAllows, FabricRefuses, WritesValues, Tried, SameAddressTwice, SamePortTwice];
}

/// <summary>What something proposed is for. The pages have a text for each.</summary>
public static class ProposalPurposes
{
    /// <summary>Reads values of the device (Modbus).</summary>
    public const string ModbusRead = "modbus-read";

    /// <summary>Reads and writes values of the device (Modbus).</summary>
    public const string ModbusOperate = "modbus-operate";

    /// <summary>Watches video (RTSP).</summary>
    public const string Watch = "watch";

    /// <summary>Opens connections that are not looked into.</summary>
    public const string Reach = "reach";

    /// <summary>Sends values to a service of a fabric.</summary>
    public const string Send = "send";

    public static ImmutableArray<string> All { get; } = [ModbusRead, ModbusOperate, Watch, Reach, Send];
}
