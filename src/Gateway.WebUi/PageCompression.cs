using System.IO.Compression;
using Microsoft.AspNetCore.ResponseCompression;

namespace Gateway.WebUi;

/// <summary>Compresses pages, which keeps the first load within its bound. Only answers to GET: the answer to a form reflects what was
/// typed. A page holds one secret, the token of its forms, and that is encrypted anew for each page, so comparing the sizes of many
/// answers (BREACH) tells nothing about it; and other sites get pages without session at all (SameSite=Strict).</summary>
internal static class PageCompression
{
    public static bool Applies(HttpContext http) => HttpMethods.IsGet(http.Request.Method) && !http.Request.Path.StartsWithSegments("/api");

    public static void Add(IServiceCollection services)
    {
        services.AddResponseCompression(compression =>
        {
            compression.EnableForHttps = true;
            compression.MimeTypes = ["text/html"];
            compression.Providers.Add<BrotliCompressionProvider>();
            compression.Providers.Add<GzipCompressionProvider>();
        });
        services.Configure<BrotliCompressionProviderOptions>(brotli => brotli.Level = CompressionLevel.Optimal);
    }
}
