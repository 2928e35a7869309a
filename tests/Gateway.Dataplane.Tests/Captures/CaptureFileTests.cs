namespace Gateway.Dataplane.Tests.Captures;

/// <summary>The reader of captures that the corpus tests stand on.</summary>
public sealed class CaptureFileTests
{
    /// <summary>Captures damaged on purpose, where a length field lies: tshark stops at a record longer than it allows, we stop where
    /// the file ends, and what lies between is noise to both.</summary>
    private static readonly HashSet<string> Damaged =
    [
        "malformed/fuzz-2006-06-26-2594.pcap", "malformed/fuzz-2020-02-16-11740.pcap", "malformed/fuzz-2021-10-13.pcap",
    ];

    [Fact, Trait("Category", "Slow")]
    public void Every_capture_has_as_many_records_as_tshark_counts()
    {
        var captures = Corpus.All();
        var wrong = captures.Where(capture => CaptureFile.Read(capture.Path).Count != capture.Packets).Select(capture => capture.Name);
        Assert.Equal(Damaged.Order(), wrong.Order());
    }

    [Fact]
    public void A_file_that_is_no_capture_is_refused()
    {
        using var folder = new TempFolder();
        File.WriteAllBytes(folder.File("x"), new byte[100]);
        Assert.Throws<InvalidDataException>(() => CaptureFile.Read(folder.File("x")));
    }
}
