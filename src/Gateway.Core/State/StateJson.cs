using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Core.Net;
using Gateway.Core.Operations;
using Gateway.Core.Policy;

namespace Gateway.Core.State;

/// <summary>JSON of the state journal: camelCase, enumerations and addresses as text, nothing that depends on a culture.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters =
    [
        typeof(MacAddressJson), typeof(Ipv4AddressJson), typeof(Ipv4PrefixJson), typeof(ServicePortJson), typeof(OperationRuleJson), typeof(SourceLineJson),
    ])]
[JsonSerializable(typeof(GatewayState))]
[JsonSerializable(typeof(StateEntry))]
public sealed partial class StateJson : JsonSerializerContext;

/// <summary>Writes a value as the text that people write for it.</summary>
internal abstract class TextJson<T> : JsonConverter<T>
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.GetString();
        return text is not null && TryRead(text, out var value) ? value : throw new JsonException($"'{text}' is no {typeof(T).Name}");
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(Text(value));

    protected abstract bool TryRead(string text, out T value);

    protected virtual string Text(T value) => value!.ToString()!;
}

internal sealed class MacAddressJson : TextJson<MacAddress>
{
    protected override bool TryRead(string text, out MacAddress value) => MacAddress.TryParse(text, out value);
}

internal sealed class Ipv4AddressJson : TextJson<Ipv4Address>
{
    protected override bool TryRead(string text, out Ipv4Address value) => Ipv4Address.TryParse(text, out value);
}

internal sealed class Ipv4PrefixJson : TextJson<Ipv4Prefix>
{
    protected override bool TryRead(string text, out Ipv4Prefix value) => Ipv4Prefix.TryParse(text, out value);
}

internal sealed class ServicePortJson : TextJson<ServicePort>
{
    protected override bool TryRead(string text, out ServicePort value) => ServicePort.TryParse(text, out value);
}

/// <summary>A rule as <c>modbus read</c>: protocol and canonical form.</summary>
internal sealed class OperationRuleJson : TextJson<OperationRule>
{
    private const string Modbus = "modbus ";

    protected override bool TryRead(string text, out OperationRule value)
    {
        ModbusRule? rule = null;
        var read = text.StartsWith(Modbus, StringComparison.Ordinal) && ModbusRule.TryParse(text[Modbus.Length..], out rule, out _);
        value = rule!;
        return read;
    }

    protected override string Text(OperationRule value) => value.Protocol == OperationProtocol.Modbus
        ? Modbus + value.Canonical
        : throw new JsonException($"no text for rules of {value.Protocol}");
}

/// <summary>Lines belong to a file, not to a decision: they are not kept.</summary>
internal sealed class SourceLineJson : JsonConverter<SourceLine>
{
    public override SourceLine Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        reader.Skip();
        return default;
    }

    public override void Write(Utf8JsonWriter writer, SourceLine value, JsonSerializerOptions options) => writer.WriteNumberValue(0);
}
