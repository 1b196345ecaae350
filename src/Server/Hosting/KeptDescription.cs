using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net.Mime;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Yunnao.Server.Pages;

namespace Yunnao.Server.Hosting;

/// <summary>
/// The OpenAPI description is the same as long as the server runs, is made of thousands of items, and asked for by whoever likes: it is made once a
/// language and kept as gzip, a tenth of its size.
/// </summary>
internal static class KeptDescription
{
    private const string Gzip = "gzip";

    public static TBuilder KeptByLanguage<TBuilder>(this TBuilder description)
        where TBuilder : IEndpointConventionBuilder
    {
        description.Add(endpoint =>
        {
            var (made, kept) = (endpoint.RequestDelegate!, new ConcurrentDictionary<string, byte[]>());
            endpoint.RequestDelegate = async http =>
            {
                var language = Page.TextOf(http).Language;
                if (http.Request.RouteValues["documentName"] is not ApiDescription.Document)
                {
                    await made(http).ConfigureAwait(false);
                    return;
                }

                if (!kept.TryGetValue(language, out var bytes)) kept[language] = bytes = await MakeAsync(made, http).ConfigureAwait(false);
                await GiveAsync(bytes, http).ConfigureAwait(false);
            };
        });
        return description;
    }

    private static async Task<byte[]> MakeAsync(RequestDelegate made, HttpContext http)
    {
        var answer = http.Response.Body;
        using var whole = new MemoryStream();
        http.Response.Body = whole;
        try
        {
            await made(http).ConfigureAwait(false);
        }
        finally
        {
            http.Response.Body = answer;
        }

        using var packed = new MemoryStream();
        await using (var packing = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true)) packing.Write(whole.GetBuffer(), 0, (int)whole.Length);
        return packed.ToArray();
    }

    private static async Task GiveAsync(byte[] bytes, HttpContext http)
    {
        var response = http.Response;
        response.ContentType = $"{MediaTypeNames.Application.Json}; charset=utf-8";
        response.Headers.Vary = $"{HeaderNames.AcceptEncoding}, {HeaderNames.AcceptLanguage}, {HeaderNames.Cookie}";
        if (http.Request.GetTypedHeaders().AcceptEncoding.Any(e => e.Value == Gzip && e.Quality is not 0))
        {
            (response.Headers.ContentEncoding, response.ContentLength) = (Gzip, bytes.Length);
            await response.Body.WriteAsync(bytes, http.RequestAborted).ConfigureAwait(false);
            return;
        }

        await using var clear = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
        await clear.CopyToAsync(response.Body, http.RequestAborted).ConfigureAwait(false);
    }
}
