using System.Text.Json.Serialization;

namespace Gateway.Core.Discovery;

/// <summary>JSON of what the view store keeps of discovery: camelCase, enumerations by name, so that a stored view survives new values.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(Fingerprint))]
[JsonSerializable(typeof(Guess))]
public sealed partial class DiscoveryJson : JsonSerializerContext;
