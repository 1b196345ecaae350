using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Yunnao.Lake.DuckDb.Text;
using Yunnao.Services.Queries;

namespace Yunnao.Services.DataServices;

/// <summary>
/// A page as an answer, in the form that was asked for. The cursor of the next page is in the body of JSON, and of every form in the headers
/// <c>Yunnao-Next</c> and, for an address, <c>Link</c> (RFC 8288); the mark of changes in <c>Yunnao-Mark</c>. The ETag is that of the bytes.
/// </summary>
internal sealed class DataAnswer(DataPage page, string form, string folder) : IResult
{
    public const string Next = "Yunnao-Next", Mark = "Yunnao-Mark";

    // Bytes of a usual page.
    private const int Usual = 16 << 10;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using (page)
        {
            var (request, response, cancellation) = (httpContext.Request, httpContext.Response, httpContext.RequestAborted);
            using var body = new MemoryStream(Usual);
            await WriteAsync(body, cancellation).ConfigureAwait(false);
            var (head, written) = (response.GetTypedHeaders(), body.GetBuffer().AsMemory(0, (int)body.Length));
            head.CacheControl = new() { Private = true, NoCache = true };
            response.Headers.Vary = "Accept, Authorization";
            if (page.Next is { } next)
            {
                response.Headers[Next] = next;
                if (HttpMethods.IsGet(request.Method)) response.Headers.Link = $"<{Following(request, next)}>; rel=\"next\"";
            }

            if (page.Mark is { } mark) response.Headers[Mark] = mark;
            if (HttpMethods.IsGet(request.Method))
            {
                var tag = head.ETag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(written.Span).AsSpan(0, 16))}\"");
                if (request.GetTypedHeaders().IfNoneMatch.Any(t => t.Compare(tag, useStrongComparison: false) || t == EntityTagHeaderValue.Any))
                {
                    response.StatusCode = StatusCodes.Status304NotModified;
                    return;
                }
            }

            response.ContentType = form is AnswerResult.Csv or AnswerResult.Lines ? $"{form}; charset=utf-8" : form;
            response.ContentLength = written.Length;
            await response.Body.WriteAsync(written, cancellation).ConfigureAwait(false);
        }
    }

    private Task WriteAsync(MemoryStream body, CancellationToken cancellation) => form == DataForm.Parquet
        ? ParquetWriter.WriteAsync(page.Give(), folder, body, cancellation)
        : new AnswerWriter(page.Give(), body).WriteAsync(
            form, cancellation, json => json.WriteString("data_set", page.DataSet), Tail);

    private void Tail(Utf8JsonWriter json)
    {
        json.WriteString("next", page.Next);
        if (page.Mark is not null) json.WriteString("mark", page.Mark);
    }

    /// <summary>The same address with another cursor.</summary>
    private static string Following(HttpRequest request, string next)
    {
        var rest = request.Query.Where(q => q.Key != "after").SelectMany(q => q.Value.Select(v => KeyValuePair.Create(q.Key, v)));
        return $"{request.PathBase}{request.Path}{QueryString.Create(rest.Append(KeyValuePair.Create("after", (string?)next)))}";
    }
}
