using System.Net;
using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Builder;
using Yunnao.Kernel;
using Yunnao.Services.Fhir;

namespace Yunnao.Services.Web;

/// <summary>A problem as an answer (RFC 9457, application/problem+json; of the FHIR interface an OperationOutcome): its code and place, and what is wrong and what to do in the caller's language.</summary>
public sealed class ProblemAnswer(Problem problem) : IResult, IStatusCodeHttpResult, IEndpointMetadataProvider
{
    public const string ContentType = "application/problem+json";

    private static readonly Lazy<Text> s_english = new(() => Text.For("en"));
    private static readonly Lazy<Text> s_chinese = new(() => Text.For("zh-CN"));

    public Problem Problem { get; } = problem;

    /// <summary>The HTTP status, where it says more than the kind of the problem does (413, 429).</summary>
    public int Status { get; init; } = problem.Kind.HttpStatus();

    /// <inheritdoc/>
    public int? StatusCode => Status;

    /// <summary>Writes the answer.</summary>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        var response = httpContext.Response;
        if (Problem.Kind == ProblemKind.Busy && response.Headers.RetryAfter.Count == 0) response.Headers.RetryAfter = "5";
        if (OperationOutcome.IsFor(httpContext))
        {
            await OperationOutcome.WriteAsync(httpContext, Problem, Status).ConfigureAwait(false);
            return;
        }

        response.StatusCode = Status;
        response.ContentType = ContentType;
        var texts = TextsOf(httpContext);
        var body = new
        {
            type = $"urn:yunnao:problem:{Problem.Code}",
            title = texts.Find($"problem.{Problem.Code}") ?? Problem.Code,
            status = Status,
            detail = Problem.Message.In(texts),
            code = Problem.Code,
            kind = Problem.Kind.ToString().ToLowerInvariant(),
            where = Problem.Where,
        };
        await response.WriteAsJsonAsync(body, ApiJson.Options, ContentType, httpContext.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>The texts of the language that the caller reads: zh or en, whichever Accept-Language names first.</summary>
    public static Text TextsOf(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        foreach (var language in http.Request.GetTypedHeaders().AcceptLanguage.OrderByDescending(l => l.Quality ?? 1))
        {
            if (Text.IsChinese(language.Value.Value)) return s_chinese.Value;
            if (language.Value.Value?.StartsWith("en", StringComparison.OrdinalIgnoreCase) == true) break;
        }

        return s_english.Value;
    }

    /// <inheritdoc/>
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Metadata.Add(new ProducesResponseTypeMetadata((int)HttpStatusCode.BadRequest, typeof(Microsoft.AspNetCore.Mvc.ProblemDetails), [ContentType]));
    }
}
