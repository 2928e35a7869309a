using Gateway.Core.Policy;

namespace Gateway.Fuzz.Targets;

internal static class SiteTarget
{
    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        var read = SiteReader.Read(data);
        Promise.Keep(read.Valid == (read.Errors.Count == 0), "an error or a document, never both");
        foreach (var error in read.Errors)
            Promise.Keep(error.Message.Length > 0, "an error says what is wrong");
        if (!read.Valid)
            return;
        Promise.Keep(PolicyCompiler.Compile(read.Document).Valid, "a document that was read compiles");
        var again = SiteReader.Read(SiteWriter.Write(read.Document));
        Promise.Keep(again.Valid && again.Document.Equals(read.Document), "what was read writes back equal");
    }
}
