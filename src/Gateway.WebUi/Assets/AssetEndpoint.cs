using Microsoft.Net.Http.Headers;

namespace Gateway.WebUi.Assets;

/// <summary>Serves the embedded files: the smallest form that the browser takes, to be kept for ever.</summary>
internal static class AssetEndpoint
{
    /// <summary>One year is what HTTP calls for ever (RFC 9111 section 5.2.2.1 sets no bound; caches do).</summary>
    private const string KeepForEver = "public, max-age=31536000, immutable";

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapMethods(AssetCatalog.Folder + "{name}", [HttpMethods.Get, HttpMethods.Head], Serve);

    private static async Task Serve(string name, HttpContext http, AssetCatalog catalog)
    {
        if (catalog.Find(name) is not { } asset)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        var (body, encoding) = Choose(asset, http.Request);
        var headers = http.Response.Headers;
        headers.ContentType = asset.ContentType;
        headers.CacheControl = KeepForEver;
        if (asset.Brotli is not null)
            headers.Vary = HeaderNames.AcceptEncoding;
        if (encoding.Length > 0)
            headers.ContentEncoding = encoding;
        headers.ContentLength = body.Length;
        if (HttpMethods.IsGet(http.Request.Method))
            await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }

    private static (byte[] Body, string Encoding) Choose(Asset asset, HttpRequest request)
    {
        if (asset.Brotli is not null && Takes(request, "br"))
            return (asset.Brotli, "br");
        if (asset.Gzip is not null && Takes(request, "gzip"))
            return (asset.Gzip, "gzip");
        return (asset.Plain, "");
    }

    // Quality 0 means "not this one" (RFC 9110 section 12.5.3).
    private static bool Takes(HttpRequest request, string encoding) => request.GetTypedHeaders().AcceptEncoding
        .Any(accepted => accepted.Value.Equals(encoding, StringComparison.OrdinalIgnoreCase) && accepted.Quality is not 0);
}
