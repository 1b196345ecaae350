using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Yunnao.Kernel;
using Yunnao.Services.Web;

namespace Yunnao.Services.Fhir.Writing;

/// <summary>Issues as an OperationOutcome, in the language of the caller.</summary>
internal static class OutcomeText
{
    private const int MostIssues = 100;

    /// <summary>The issues of entries; where there are none it says that all is well.</summary>
    public static JsonObject Of(HttpContext http, IEnumerable<SentEntry> entries)
    {
        var issues = new JsonArray();
        foreach (var (entry, issue) in entries.SelectMany(e => e.Issues.Select(i => (e, i))).Take(MostIssues)) issues.Add(Issue(http, entry, issue, "error"));
        foreach (var (entry, issue) in entries.SelectMany(e => e.Warnings.Select(i => (e, i))).Take(MostIssues)) issues.Add(Issue(http, entry, issue, "warning"));
        if (issues.Count == 0) issues.Add(new JsonObject { ["severity"] = "information", ["code"] = "informational", ["diagnostics"] = ((Sentence)"No issues.").In(ProblemAnswer.TextsOf(http)) });
        return new() { ["resourceType"] = "OperationOutcome", ["issue"] = issues };
    }

    /// <summary>The status of an answer that tells of the first issue.</summary>
    public static int Status(FhirIssue issue) => issue.Problem switch
    {
        { Code: "fhir.version" or "fhir.condition", Kind: ProblemKind.Conflict } => StatusCodes.Status412PreconditionFailed,
        { Code: "fhir.read-only" } => StatusCodes.Status405MethodNotAllowed,
        { } problem => problem.Kind.HttpStatus(),
    };

    private static JsonNode Issue(HttpContext http, SentEntry entry, FhirIssue issue, string severity)
    {
        var place = issue.Expression is { } inside ? Place(entry, inside) : entry.Index < 0 ? null : $"Bundle.entry[{entry.Index}]";
        var outcome = OperationOutcome.Of(issue.Problem with { Where = new(Path: place) }, ProblemAnswer.TextsOf(http), Type(issue.Problem), severity);
        var one = outcome["issue"]![0]!;
        one.Parent!.AsArray().Remove(one);
        return one;
    }

    private static string Place(SentEntry entry, string inside) =>
        entry.Index < 0 || inside.StartsWith("Bundle.entry[", StringComparison.Ordinal) ? inside
        : $"Bundle.entry[{entry.Index}].resource{(inside.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot ? inside[dot..] : "")}";

    /// <summary>A code of IssueType (http://hl7.org/fhir/R4/valueset-issue-type.html) that says more than the kind does.</summary>
    private static string Type(Problem problem) => problem.Code switch
    {
        "fhir.element" or "fhir.kind" or "fhir.repeated" or "fhir.empty" => "structure",
        "fhir.required" => "required",
        "fhir.primitive" => "value",
        "fhir.code" or "fhir.profile-code" => "code-invalid",
        "fhir.profile-cardinality" or "fhir.profile-type" or "fhir.profile-slice" => "structure",
        "fhir.profile-value" or "fhir.reference-type" or "fhir.profile-reference" => "value",
        "fhir.profile-invariant" => "invariant",
        "fhir.profile-unknown" => "not-found",
        "fhir.check" => "business-rule",
        "fhir.version" or "fhir.key-changed" => "conflict",
        "fhir.condition" when problem.Kind == ProblemKind.Conflict => "multiple-matches",
        "fhir.twice" or "fhir.full-url" => "duplicate",
        _ => problem.Kind switch
        {
            ProblemKind.NotFound => "not-found",
            ProblemKind.Forbidden => "forbidden",
            ProblemKind.Unsupported => "not-supported",
            _ => "invalid",
        },
    };
}
