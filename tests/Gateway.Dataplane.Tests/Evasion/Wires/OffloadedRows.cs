namespace Gateway.Dataplane.Tests.Evasion;

/// <summary>Rows with another verdict once the kernel forwards a flow, each with the reason why nothing is lost by it. Such a flow is one whose
/// grant asks for no inspection: nobody between its two ends reads the stream, so there is no second reading to play against the first.</summary>
internal static class OffloadedRows
{
    private const string Receiver = "The receiver judges its own connection, and nobody else reads it";
    private const string Checksum = "The checksum is adjusted, not made anew: a wrong one stays wrong, and the receiver refuses the segment";
    private const string OwnEnd = "Its sender ends its own connection, and no other";

    /// <summary>Rows from A; those with a twin from B hold for it too.</summary>
    private static readonly (string Number, string Reason)[] Rows =
    [
        ("92", Checksum), ("98", Receiver), ("98b", Receiver), ("99", Receiver), ("100", Receiver), ("100b", Receiver), ("101b", Receiver),
        ("103d", OwnEnd), ("104", Receiver), ("104b", Receiver), ("155", Receiver),
    ];

    public static IReadOnlyDictionary<string, string> Passes { get; } = Rows.SelectMany(row => ((string, string)[])[row, (row.Number + "p", row.Reason)])
        .Append(("228", Receiver)).ToDictionary(row => row.Item1, row => row.Item2);
}
