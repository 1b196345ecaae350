using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Yunnao.Kernel;
using Yunnao.Services.Web;

namespace Yunnao.Services.Fhir;

/// <summary>A problem as FHIR says it: our stable code in <c>details.coding</c>, what to do in the caller's language in <c>details.text</c>, what is wrong in <c>diagnostics</c>.</summary>
public static class OperationOutcome
{
    public const string CodeSystem = "urn:yunnao:problem";

    /// <summary>True of a request whose answers are resources.</summary>
    public static bool IsFor(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        return http.Request.Path.StartsWithSegments("/fhir");
    }

    /// <summary>Writes the answer.</summary>
    public static Task WriteAsync(HttpContext http, Problem problem, int status)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(problem);
        http.Response.StatusCode = status;
        return FhirForm.WriteAsync(http, JsonSerializer.SerializeToUtf8Bytes(Of(problem, ProblemAnswer.TextsOf(http), status == StatusCodes.Status401Unauthorized ? "login" : Type(problem.Kind)), FhirText.Options));
    }

    /// <summary>An outcome of one issue, in the language of the texts.</summary>
    /// <param name="type">A code of IssueType.</param>
    /// <param name="advice">What to do; null for the advice of the problem's code.</param>
    public static JsonObject Of(Problem problem, Text texts, string type, string severity = "error", Sentence? advice = null)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentNullException.ThrowIfNull(texts);
        Sentence said = problem.Where is { Line: { } line, Offset: var offset } ? $"{problem.Message} (line {line}, byte {offset})" : problem.Message;
        var issue = new JsonObject
        {
            ["severity"] = severity, ["code"] = type,
            ["details"] = new JsonObject { ["coding"] = new JsonArray(new JsonObject { ["system"] = CodeSystem, ["code"] = problem.Code }), ["text"] = advice?.In(texts) ?? texts.Find($"problem.{problem.Code}") ?? problem.Code },
            ["diagnostics"] = said.In(texts),
        };
        if (problem.Where?.Path is { Length: > 0 } path) issue["expression"] = new JsonArray(path);
        return new() { ["resourceType"] = "OperationOutcome", ["issue"] = new JsonArray(issue) };
    }

    /// <summary>The kind of a problem as a code of IssueType (http://hl7.org/fhir/R4/valueset-issue-type.html).</summary>
    private static string Type(ProblemKind kind) => kind switch
    {
        ProblemKind.Incorrect => "invalid",
        ProblemKind.Forbidden => "forbidden",
        ProblemKind.NotFound => "not-found",
        ProblemKind.Unsupported => "not-supported",
        ProblemKind.Conflict => "conflict",
        ProblemKind.Busy or ProblemKind.Unavailable or ProblemKind.Interrupted => "transient",
        _ => "exception",
    };
}
