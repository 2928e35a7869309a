namespace Gateway.Core.Policy;

/// <summary>Gathers errors and warnings about one document. What follows only from a field already found wrong is left out.</summary>
internal sealed class Report
{
    private readonly List<PolicyError> _errors = [];
    private readonly List<PolicyWarning> _warnings = [];
    private readonly HashSet<string> _wrongFields = new(StringComparer.Ordinal);
    private int _moreErrors;
    private int _moreWarnings;

    public bool HasErrors => _errors.Count > 0;

    /// <summary>True when no further error would be listed, so that searching for more can stop.</summary>
    public bool Full => _errors.Count >= PolicyLimits.MaxErrors;

    /// <param name="line">Line, 0 when unknown.</param>
    /// <param name="field">Path of the field.</param>
    /// <param name="value">Value found, as it stands.</param>
    /// <param name="message">What is wrong and what would be right.</param>
    public void Error(int line, string field, string value, string message)
    {
        if (FollowsFromAnother(field))
            return;
        _wrongFields.Add(field);
        if (Full)
            _moreErrors++;
        else
            _errors.Add(new PolicyError(line, field, Finding.Shorten(value), message));
    }

    public void Error(SourceLine at, string field, string value, string message) => Error(at.Line, field, value, message);

    /// <summary>True when the field was found wrong, so that what would follow from it need not be checked.</summary>
    public bool IsWrong(string field) => _wrongFields.Contains(field);

    /// <summary>Takes the field as wrong without an error of its own: one inside it says all there is to say.</summary>
    public void MarkWrong(string field) => _wrongFields.Add(field);

    public void Warn(SourceLine at, string field, string value, string message)
    {
        if (_warnings.Count >= PolicyLimits.MaxErrors)
            _moreWarnings++;
        else
            _warnings.Add(new PolicyWarning(at.Line, field, Finding.Shorten(value), message));
    }

    /// <summary>The errors by line. <paramref name="lineOf"/> finds the exact line of a field, 0 where it cannot.</summary>
    public IReadOnlyList<PolicyError> Errors(Func<string, int>? lineOf = null)
    {
        var errors = _errors.Select(e => e with { Line = Exact(e.Field, e.Line, lineOf) }).OrderBy(e => e.Line).ToList();
        if (_moreErrors > 0)
            errors.Add(new PolicyError(0, "", "", $"{_moreErrors} more errors are not listed; put these {errors.Count} right first"));
        return errors;
    }

    /// <summary>The warnings by line, as <see cref="Errors"/>.</summary>
    public IReadOnlyList<PolicyWarning> Warnings(Func<string, int>? lineOf = null)
    {
        var warnings = _warnings.Select(w => w with { Line = Exact(w.Field, w.Line, lineOf) }).OrderBy(w => w.Line).ToList();
        if (_moreWarnings > 0)
            warnings.Add(new PolicyWarning(0, "", "", $"{_moreWarnings} more warnings are not listed"));
        return warnings;
    }

    private static int Exact(string field, int line, Func<string, int>? lineOf)
    {
        var exact = lineOf?.Invoke(field) ?? 0;
        return exact > 0 ? exact : line;
    }

    private bool FollowsFromAnother(string field)
    {
        for (var end = field.Length; end > 0; end = field.AsSpan(0, end).LastIndexOfAny('.', '['))
        {
            if (_wrongFields.GetAlternateLookup<ReadOnlySpan<char>>().Contains(field.AsSpan(0, end)))
                return true;
        }
        return false;
    }
}
