using Gateway.WebUi.Assets;

namespace Gateway.WebUi.Rows;

/// <summary>Addresses of the drawn symbols. A state is always colour, shape and word together; this is the shape.</summary>
public sealed class Symbols(AssetCatalog assets)
{
    private readonly string _sheet = assets.Url("symbols.svg");

    public string Href(string symbol) => $"{_sheet}#{symbol}";

    /// <summary>Symbol of a device's or socket's state.</summary>
    public string OfState(string state) => Href(ShapeOf(state));

    /// <summary>Class that colours a state.</summary>
    public static string ClassOf(string state) => "state-" + ColorOf(state);

    private static string ShapeOf(string state) => state switch
    {
        "new" or "protected" or "changed" or "offline" => state,
        "named" => "new",
        "working" => "protected",
        "cut-off" or "refused" => "refused",
        "retired" => "offline",
        "empty" => "empty",
        _ => "unknown",
    };

    private static string ColorOf(string state) => state switch
    {
        "new" or "named" => "new",
        "protected" or "working" => "protected",
        "changed" or "cut-off" or "refused" => "refused",
        _ => "offline",
    };
}
