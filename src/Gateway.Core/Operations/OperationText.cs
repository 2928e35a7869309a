using System.Globalization;

namespace Gateway.Core.Operations;

/// <summary>One operation as people write it in a question: <c>modbus 3|0-9</c>, <c>modbus write 6|10</c>, <c>modbus unit 2: 16|100-109</c>,
/// <c>modbus 43/14</c>. Function and addresses as in a rule; the word read or write may stand before them and must then be true.</summary>
public static class OperationText
{
    /// <summary>Unit meant when none is written: what clients send by default.</summary>
    public const byte DefaultUnit = 1;

    private const string Example = "write for example 'modbus 3|0-9' or 'modbus write 6|10'";

    /// <param name="text">The operation as written.</param>
    /// <param name="operation">The operation, when the result is true.</param>
    /// <param name="error">What is wrong and what would be right, when the result is false.</param>
    public static bool TryParse(string text, out Operation operation, out string error)
    {
        ArgumentNullException.ThrowIfNull(text);
        operation = default;
        var body = text.Trim();
        if (!body.StartsWith("modbus ", StringComparison.Ordinal))
        {
            error = $"'{text}' begins with no protocol that is inspected; {Example}";
            return false;
        }
        body = body["modbus ".Length..].Trim();
        var verb = TakeVerb(ref body);
        if (!TryTakeUnit(ref body, out var unit, out error) || !TryRequest(body, unit, out operation, out error))
            return false;
        var writes = operation.Kind is OperationKind.Write or OperationKind.ReadWrite;
        if ((verb == "read" && operation.Kind != OperationKind.Read) || (verb == "write" && !writes))
        {
            error = $"function {operation.Function} does not {verb}: it serves to {ModbusFunctions.Describe(operation.Function)}; "
                + $"remove the word '{verb}'";
            return false;
        }
        return true;
    }

    /// <summary>The operation in words: <c>write one register 10 (function 6) of unit 1</c>.</summary>
    public static string Describe(in Operation operation)
    {
        var addresses = (operation.Reads.IsEmpty, operation.Writes.IsEmpty) switch
        {
            (true, true) => "",
            (false, true) => $" {Addresses(operation.Reads)}",
            (true, false) => $" {Addresses(operation.Writes)}",
            _ when operation.Reads == operation.Writes => $" {Addresses(operation.Reads)}",
            _ => $" {Addresses(operation.Reads)} (read) and {Addresses(operation.Writes)} (written)",
        };
        var function = operation.SubFunction == 0 ? $"{operation.Function}" : $"{operation.Function}/{operation.SubFunction}";
        return $"{ModbusFunctions.Describe(operation.Function)}{addresses} (function {function}) of unit {operation.Unit}";
    }

    private static string Addresses(AddressRun run) => run.Count == 65536 ? "at any address" : new AddressSpan(run.First, run.Last).ToString();

    private static string TakeVerb(ref string body)
    {
        foreach (var verb in new[] { "read", "write" })
        {
            if (body.StartsWith(verb + " ", StringComparison.Ordinal))
            {
                body = body[verb.Length..].Trim();
                return verb;
            }
        }
        return "";
    }

    private static bool TryTakeUnit(ref string body, out byte unit, out string error)
    {
        (unit, error) = (DefaultUnit, "");
        if (!body.StartsWith("unit ", StringComparison.Ordinal))
            return true;
        var colon = body.IndexOf(':', StringComparison.Ordinal);
        var number = colon < 0 ? body["unit ".Length..] : body["unit ".Length..colon].Trim();
        if (colon < 0 || !byte.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out unit))
        {
            error = $"'{number}' is no Modbus unit followed by a colon; write for example 'modbus unit 1: 3|0-9'";
            return false;
        }
        body = body[(colon + 1)..].Trim();
        return true;
    }

    private static bool TryRequest(string body, byte unit, out Operation operation, out string error)
    {
        operation = default;
        var fields = body.Split('|', StringSplitOptions.TrimEntries);
        if (!TryFunction(fields[0], out var function, out var sub))
        {
            error = $"'{fields[0]}' is no Modbus function code of 1 to 127; {Example}";
            return false;
        }
        var (reads, writes) = (ModbusFunctions.Reads(function), ModbusFunctions.Writes(function));
        var most = !reads && !writes ? 0 : reads && writes ? 2 : 1;
        if (fields.Length - 1 > most)
        {
            error = $"function {function} has {most} address ranges in one request, '{body}' has {fields.Length - 1}; ask for each by itself";
            return false;
        }
        var first = new AddressRun(0, 65536);
        if (fields.Length > 1 && !TryRun(fields[1], function, out first, out error))
            return false;
        var second = first;
        if (fields.Length > 2 && !TryRun(fields[2], function, out second, out error))
            return false;
        error = "";
        operation = new Operation(
            OperationProtocol.Modbus, ModbusFunctions.KindOf(function, sub), unit, function, sub,
            reads ? first : default, writes ? second : default, 0);
        return true;
    }

    private static bool TryFunction(string text, out byte function, out ushort sub)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        sub = 0;
        var code = slash < 0 ? text : text[..slash];
        if (!byte.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out function) || function is 0 or > 127)
            return false;
        if (slash >= 0)
            return ushort.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out sub);
        sub = function == 43 ? ModbusFunctions.ReadDeviceIdentification : (ushort)0;
        return true;
    }

    private static bool TryRun(string text, byte function, out AddressRun run, out string error)
    {
        run = default;
        error = "";
        if (!AddressSpan.TryParse(text, 65535, out var span))
            error = $"'{text}' is no address or range of 0 to 65535; write for example 10 or 0-9";
        else if (ModbusFunctions.HasOneAddress(function) && span.First != span.Last)
            error = $"function {function} has one address, '{text}' is a range; write for example {function}|{span.First}";
        else
            run = new AddressRun(span.First, span.Last - span.First + 1);
        return error.Length == 0;
    }
}
