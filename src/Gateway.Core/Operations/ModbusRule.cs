using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Gateway.Core.Operations;

/// <summary>Which Modbus requests a grant allows: units, function codes, and address ranges per function code.
/// Written as a preset (<c>read</c>, <c>operate</c>, <c>program</c>, <c>all</c>) or as <c>1|128-255,3|0-99|200-299,43</c>: function
/// codes separated by commas, each with the addresses it may touch, or with none for every address.
/// Function codes: Modbus Application Protocol Specification V1.1b3, section 5.1.</summary>
public sealed class ModbusRule : OperationRule
{
    /// <summary>Most function codes or ranges in one rule; a longer list is a mistake, and the check walks it.</summary>
    public const int MaxParts = 64;

    private static readonly byte[] ReadFunctions = [1, 2, 3, 4, 7, 11, 12, 17, 20, 24, 43];
    private static readonly byte[] OperateFunctions = [.. ReadFunctions, 5, 6, 15, 16, 22, 23];
    private static readonly byte[] ProgramFunctions = [.. OperateFunctions, 8, 21, 40, 42, 90, 91, 125, 126];

    private readonly ImmutableArray<FunctionRule> _functions;
    private readonly ImmutableArray<AddressSpan> _units;
    private readonly byte[] _indexByFunction = new byte[256];

    private ModbusRule(ImmutableArray<FunctionRule> functions, ImmutableArray<AddressSpan> units, string canonical)
    {
        _functions = functions;
        _units = units;
        Canonical = canonical;
        OnlyReads = !functions.IsEmpty && functions.All(f => f.OnlyReads);
        for (var i = 0; i < functions.Length; i++)
            _indexByFunction[functions[i].Function] = (byte)(i + 1);
    }

    public override OperationProtocol Protocol => OperationProtocol.Modbus;

    public override string Canonical { get; }

    public override bool OnlyReads { get; }

    /// <summary>Reads a preset or an expression, optionally preceded by units: <c>unit 1,3-5: 3|0-99</c>.</summary>
    /// <param name="text">The rule as written.</param>
    /// <param name="rule">The rule, when the result is true.</param>
    /// <param name="error">What is wrong and what would be right, when the result is false.</param>
    public static bool TryParse(string text, out ModbusRule? rule, out string error)
    {
        ArgumentNullException.ThrowIfNull(text);
        rule = null;
        var body = text.Trim();
        var units = ImmutableArray<AddressSpan>.Empty;
        if (body.StartsWith("unit ", StringComparison.Ordinal))
        {
            var colon = body.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0)
            {
                error = $"'{text}' names units but no operations; write 'unit 1: read'";
                return false;
            }
            if (!TryUnits(body[5..colon], out units, out error))
                return false;
            body = body[(colon + 1)..].Trim();
        }
        if (!TryFunctions(body, out var functions, out error))
            return false;
        var unitText = units.IsEmpty ? "" : $"unit {string.Join(',', units)}: ";
        rule = new ModbusRule(functions, units, unitText + CanonicalBody(body, functions));
        return true;
    }

    /// <exception cref="FormatException">The text is no rule.</exception>
    public static ModbusRule Parse(string text) => TryParse(text, out var rule, out var error) ? rule! : throw new FormatException(error);

    public override RuleMiss Check(in Operation operation)
    {
        if (operation.Protocol != OperationProtocol.Modbus)
            return RuleMiss.Function;
        if (!_units.IsEmpty && !Covers(_units, operation.Unit, operation.Unit))
            return RuleMiss.Unit;
        if (_functions.IsEmpty)
            return RuleMiss.None;
        var index = _indexByFunction[operation.Function];
        if (index == 0)
            return RuleMiss.Function;
        return _functions[index - 1].Check(operation);
    }

    private static bool Covers(ImmutableArray<AddressSpan> spans, int first, int last)
    {
        foreach (var span in spans)
        {
            if (first >= span.First && last <= span.Last)
                return true;
        }
        return false;
    }

    private static string CanonicalBody(string body, ImmutableArray<FunctionRule> functions) => Preset(body) is null && body != "all"
        ? string.Join(',', functions.OrderBy(f => f.Function).Select(f => f.ToString()))
        : body;

    private static byte[]? Preset(string body) => body switch
    {
        "read" => ReadFunctions,
        "operate" => OperateFunctions,
        "program" => ProgramFunctions,
        "identify" => [43],
        _ => null,
    };

    private static bool TryFunctions(string body, out ImmutableArray<FunctionRule> functions, out string error)
    {
        error = "";
        functions = [];
        if (body == "all")
            return true;
        if (Preset(body) is { } preset)
        {
            // MEI 43/13 (CANopen general reference) can write; presets below 'all' mean 43/14, device identification.
            functions = [.. preset.Select(f => new FunctionRule(f, [], f == 43))];
            return true;
        }
        var parts = body.Split(',', StringSplitOptions.TrimEntries);
        if (body.Length == 0 || parts.Length > MaxParts)
        {
            error = $"'{body}' is no list of 1 to {MaxParts} Modbus function codes; write 'read', 'operate', 'program', 'all' or for example '3|0-99,6|10'";
            return false;
        }
        var builder = ImmutableArray.CreateBuilder<FunctionRule>(parts.Length);
        foreach (var part in parts)
        {
            if (!TryFunction(part, out var function, out error))
                return false;
            if (builder.Any(f => f.Function == function.Function))
            {
                error = $"function code {function.Function} stands twice in '{body}'; write it once with all its ranges: {function.Function}|0-9|20-29";
                return false;
            }
            builder.Add(function);
        }
        functions = builder.ToImmutable();
        return true;
    }

    private static bool TryFunction(string text, out FunctionRule function, out string error)
    {
        function = default;
        var fields = text.Split('|', StringSplitOptions.TrimEntries);
        if (!byte.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out var code) || code is 0 or > 127)
        {
            error = $"'{fields[0]}' in '{text}' is no Modbus function code; write 1 to 127";
            return false;
        }
        var ranges = ImmutableArray.CreateBuilder<AddressSpan>(fields.Length - 1);
        foreach (var field in fields.Skip(1))
        {
            if (!AddressSpan.TryParse(field, 65535, out var span))
            {
                error = $"'{field}' in '{text}' is no address range; write 0-65535, lower address first, for example 512-1023";
                return false;
            }
            ranges.Add(span);
        }
        if (ranges.Count > MaxParts)
        {
            error = $"function code {code} has {ranges.Count} ranges; at most {MaxParts}";
            return false;
        }
        error = "";
        function = new FunctionRule(code, AddressSpan.Normalize(ranges), IdentificationOnly: false);
        return true;
    }

    private static bool TryUnits(string text, out ImmutableArray<AddressSpan> units, out string error)
    {
        var builder = ImmutableArray.CreateBuilder<AddressSpan>();
        units = [];
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!AddressSpan.TryParse(part, 255, out var span))
            {
                error = $"'{part}' is no Modbus unit; write 0 to 255 or a range such as 1-5";
                return false;
            }
            builder.Add(span);
        }
        units = AddressSpan.Normalize(builder);
        error = "";
        return true;
    }

    /// <summary>One function code with the addresses it may touch; no range means every address.</summary>
    private readonly record struct FunctionRule(byte Function, ImmutableArray<AddressSpan> Ranges, bool IdentificationOnly)
    {
        // A rule that names 43 by itself lets through every interface that it carries, of which one can write.
        public bool OnlyReads => Function == ModbusFunctions.EncapsulatedInterface ? IdentificationOnly : ReadFunctions.Contains(Function);

        public RuleMiss Check(in Operation operation)
        {
            if (IdentificationOnly && operation.SubFunction != ModbusFunctions.ReadDeviceIdentification)
                return RuleMiss.Function;
            if (Ranges.IsEmpty)
                return RuleMiss.None;
            if (operation.Reads.IsEmpty && operation.Writes.IsEmpty)
                return RuleMiss.Address;
            var readsCovered = operation.Reads.IsEmpty || Covers(Ranges, operation.Reads.First, operation.Reads.Last);
            var writesCovered = operation.Writes.IsEmpty || Covers(Ranges, operation.Writes.First, operation.Writes.Last);
            return readsCovered && writesCovered ? RuleMiss.None : RuleMiss.Address;
        }

        public override string ToString()
        {
            var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{Function}");
            foreach (var range in Ranges)
                text.Append(CultureInfo.InvariantCulture, $"|{range}");
            return text.ToString();
        }
    }
}
