using Microsoft.AspNetCore.Http;
using Yunnao.Kernel;
using Yunnao.Services.Fhir;
using Yunnao.Services.Web;

namespace Yunnao.Server.Hosting;

/// <summary>401: the problem of a caller who is nobody, which HTTP tells apart from one who may not.</summary>
internal sealed class UnauthenticatedAnswer(bool wrongToken) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var code = wrongToken ? "rights.token" : "rights.no-token";
        Sentence detail = wrongToken ? (Sentence)"The token is not good, has ended or was taken back." : "The interfaces need a bearer token in the header Authorization; POST /connect/token gives one.";
        if (OperationOutcome.IsFor(httpContext))
        {
            await OperationOutcome.WriteAsync(httpContext, new(ProblemKind.Forbidden, code, detail), StatusCodes.Status401Unauthorized).ConfigureAwait(false);
            return;
        }

        httpContext.Response.StatusCode = StatusCodes.Status401Unauthorized;
        var texts = ProblemAnswer.TextsOf(httpContext);
        var title = texts.Find($"problem.{code}") ?? code;
        await httpContext.Response.WriteAsJsonAsync(
            new { type = $"urn:yunnao:problem:{code}", title, status = 401, detail = detail.In(texts), code, kind = ProblemKind.Forbidden }, ApiJson.Options, ProblemAnswer.ContentType, httpContext.RequestAborted).ConfigureAwait(false);
    }
}
