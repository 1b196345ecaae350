using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Yunnao.Lake.Queries;

namespace Yunnao.Services.Queries;

/// <summary>
/// The rows of an answer as they come, in the form that Accept asks for: JSON (<c>{"columns": […], "rows": […]}</c>), JSON lines, CSV or an
/// Arrow stream, sent batch by batch. An answer that fails after its first rows ends the connection without its last chunk, so that nobody
/// takes it for whole.
/// </summary>
public sealed class AnswerResult(RowStream rows) : IResult
{
    public const string Json = "application/json", Lines = "application/x-ndjson", Csv = "text/csv", Arrow = "application/vnd.apache.arrow.stream";

    /// <summary>Writes the answer.</summary>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        var (response, cancellation) = (httpContext.Response, httpContext.RequestAborted);
        var form = FormOf(httpContext.Request);
        await using (rows.ConfigureAwait(false))
        {
            response.ContentType = form is Csv or Lines ? $"{form}; charset=utf-8" : form;
            httpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
            try
            {
                await new AnswerWriter(rows, response.Body).WriteAsync(form, cancellation).ConfigureAwait(false);
            }
            catch (Exception e) when (e is QueryFailedException or OperationCanceledException)
            {
                httpContext.Abort();
            }
        }
    }

    private static string FormOf(HttpRequest request) =>
        request.GetTypedHeaders().Accept.OrderByDescending(a => a.Quality ?? 1).Select(a => a.MediaType.Value).FirstOrDefault(m => m is Json or Lines or Csv or Arrow) ?? Json;
}
