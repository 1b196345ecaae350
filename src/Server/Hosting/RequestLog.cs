using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Yunnao.Kernel;
using Yunnao.Services.Web;

namespace Yunnao.Server.Hosting;

/// <summary>One line a request: the endpoint's pattern, never the address itself, which may hold what somebody looked for.</summary>
internal sealed partial class RequestLog(RequestDelegate next, ILogger<RequestLog> log)
{
    public async Task InvokeAsync(HttpContext http)
    {
        var start = Stopwatch.GetTimestamp();
        try
        {
            await next(http).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone; there is nobody to answer.
        }
        catch (BadHttpRequestException e)
        {
            await AnswerAsync(http, e.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? new(ProblemKind.Incorrect, "server.too-large", "The body is larger than what is taken here.")
                : Misread(e), e.StatusCode).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Broken(Pattern(http), e.GetType().FullName, e.StackTrace);
            await AnswerAsync(http, new(ProblemKind.Fault, "server.fault", $"A defect: {e.GetType().Name}."), StatusCodes.Status500InternalServerError).ConfigureAwait(false);
        }
        finally
        {
            Answered(http.Request.Method, Pattern(http), http.Response.StatusCode, Stopwatch.GetElapsedTime(start).TotalMilliseconds, http.User.FindFirst("sub")?.Value ?? "-");
        }
    }

    /// <summary>A request that is not of the described form. Of what was sent only names are said, never values.</summary>
    private static Problem Misread(BadHttpRequestException e)
    {
        if (e.InnerException is JsonException json)
        {
            var name = json.Path is { Length: > 2 } path && path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : null;
            var unknown = json.Message.Contains("could not be mapped to any .NET member", StringComparison.Ordinal);
            var what = WordsOf(json) is { } words ? $"The value is none of {string.Join(", ", words)}"
                : unknown ? "The body has a name that is not known here"
                : name is null ? (Sentence)"The body is not JSON, or has not the form that /openapi/v1.json describes" : "A value of the body has not the form that /openapi/v1.json describes";
            var said = json is { LineNumber: { } line, BytePositionInLine: { } position } ? (Sentence)$"{what} (line {line + 1}, byte {position + 1})." : $"{what}.";
            return new(ProblemKind.Incorrect, "server.bad-request", said, new(Line: json.LineNumber + 1, Path: name ?? "$"));
        }

        return BadParameter().Match(e.Message) is { Success: true } parameter
            ? new(ProblemKind.Incorrect, "server.bad-request", "A parameter has not the form that /openapi/v1.json describes.", new(Path: parameter.Groups[1].Value))
            : new(ProblemKind.Incorrect, "server.bad-request", "The request cannot be read: a parameter or the body has not the form that /openapi/v1.json describes.");
    }

    /// <summary>The words of the enumeration that a value of the body was to be one of; null when it was to be something else.</summary>
    private static IEnumerable<string>? WordsOf(JsonException json) =>
        Unconverted().Match(json.Message) is { Success: true } found
        && AppDomain.CurrentDomain.GetAssemblies().Select(a => a.GetType(found.Groups[1].Value)).FirstOrDefault(t => t is { IsEnum: true }) is { } type
            ? Enum.GetNames(type).Select(JsonNamingPolicy.KebabCaseLower.ConvertName)
            : null;

    /// <summary>What System.Text.Json says of a value that is not of the type wanted, where that is a type of ours: <c>… converted to System.Nullable`1[Yunnao.…]. Path: …</c></summary>
    [GeneratedRegex(@"could not be converted to (?:System\.Nullable`1\[)?(Yunnao\.[\w.+]*\w)")]
    private static partial Regex Unconverted();

    /// <summary>What ASP.NET Core says of a parameter that it cannot read; its name is taken, not its value.</summary>
    [GeneratedRegex("^Failed to bind parameter \"\\S+ (\\w+)\" from ")]
    private static partial Regex BadParameter();

    private static async Task AnswerAsync(HttpContext http, Problem problem, int status)
    {
        if (http.Response.HasStarted)
        {
            http.Abort();
            return;
        }

        await new ProblemAnswer(problem) { Status = status }.ExecuteAsync(http).ConfigureAwait(false);
    }

    private static string Pattern(HttpContext http) => (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "(none)";

    [LoggerMessage(3001, LogLevel.Information, "{Method} {Pattern} {Status} {Milliseconds:0.0} ms {Caller}")]
    private partial void Answered(string method, string pattern, int status, double milliseconds, string caller);

    [LoggerMessage(3002, LogLevel.Error, "{Pattern} ended in a defect: {Type} {Stack}")]
    private partial void Broken(string pattern, string? type, string? stack);
}
