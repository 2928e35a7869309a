using Gateway.Core.Identity;

namespace Gateway.Fuzz.Targets;

/// <summary>The body of an enrolment: base64 as it comes, and the request in it.</summary>
internal static class EstRequestTarget
{
    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        if (!Refusal.TryRead<byte[], InvalidDataException>(EstMessages.DecodeRequest, data, out var der))
            return;
        Promise.Keep(der!.Length > 0 && der.Length < data.Length, "base64 gets shorter");
        Promise.Keep(der.AsSpan().SequenceEqual(EstMessages.DecodeRequest(EstMessages.EncodeRequest(der))), "what was read writes back equal");
        SigningRequestTarget.Fuzz(der);
    }
}
