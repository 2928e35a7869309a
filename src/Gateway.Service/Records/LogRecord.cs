using System.Text.Json.Serialization;

namespace Gateway.Service.Records;

/// <summary>A line of the log as the records journal keeps it. <c>docs/log.md</c> lists the kinds and their values.</summary>
/// <param name="At">When.</param>
/// <param name="Kind">What, kebab-case.</param>
/// <param name="Severity"><c>info</c>, <c>notice</c> or <c>alarm</c>.</param>
/// <param name="Actor">Who: account, caller, device, or <c>gateway</c>.</param>
/// <param name="DeviceId">Device it concerns.</param>
/// <param name="DeviceName">Its name then.</param>
/// <param name="Values">Values for the text.</param>
internal sealed record LogRecord(
    DateTimeOffset At, string Kind, string Severity, string Actor, string? DeviceId, string DeviceName, IReadOnlyDictionary<string, string> Values);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LogRecord))]
internal sealed partial class LogJson : JsonSerializerContext;
