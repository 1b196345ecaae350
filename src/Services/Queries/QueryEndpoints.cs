using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Yunnao.Kernel;
using Yunnao.Lake.Queries;
using Yunnao.Services.Web;
using Yunnao.Standards.Compile;

namespace Yunnao.Services.Queries;

/// <summary>Questions to the data sets, as a tree or as SQL, under the caller's Scope for the purpose that the caller names.</summary>
public static class QueryEndpoints
{
    public static void MapQueries(this IEndpointRouteBuilder api) => api.MapPost("/query", RunAsync).Needs(Duty.Query).WithTags("query")
        .WithBodyExample("""{"purpose": "care", "query": {"data_set": "lab.result", "outputs": [{"name": "item_code"}, {"aggregate": "count"}], "limit": 100}}""")
        .WithSummary("Answers a query tree or a SELECT")
        .WithDescription("Accept decides the form: application/json, application/x-ndjson, text/csv or application/vnd.apache.arrow.stream. Subjects are named in the body only, so that no address and no log holds one.")
        .Produces(StatusCodes.Status200OK, null, AnswerResult.Json, AnswerResult.Lines, AnswerResult.Csv, AnswerResult.Arrow);

    private static async Task<IResult> RunAsync(
        QueryBody body, ClaimsPrincipal caller, CallerScopes scopes, IReadOnlyList<TableShape> shapes, CancellationToken cancellation)
    {
        if (body.Purpose is not { Length: > 0 } purpose)
            return new ProblemAnswer(new(ProblemKind.Incorrect, "query.purpose", "Say what for: \"purpose\" is an id of standards/policies/purposes.csv.", new(Path: "$.purpose")));
        if (body.Sql is null == body.Query is null)
            return new ProblemAnswer(new(ProblemKind.Incorrect, "query.body", "Give one of \"query\" (a tree) and \"sql\" (a SELECT).", new(Path: "$")));
        var dataSet = body.Query is { ValueKind: JsonValueKind.Object } tree && tree.TryGetProperty("data_set", out var id) && id.ValueKind == JsonValueKind.String ? id.GetString() : null;
        if (!(await scopes.MakeAsync(caller, purpose, body.Subject, dataSet is null ? [] : [dataSet], cancellation).ConfigureAwait(false)).Try(out var scope, out var problem))
            return new ProblemAnswer(problem);
        if (body.Sql is { } sql) return Answered(await scopes.Lake.RunSqlAsync(scope, sql, cancellation).ConfigureAwait(false));

        // The kinds of values are those that the caller sees: of a generalised time its month, which is a date.
        var shape = shapes.FirstOrDefault(s => s.DataSet.Id == dataSet);
        var table = shape is null ? null : ScopedTable.Of(shape, scope).Try(out var seen, out _) ? seen : null;
        if (!QueryJson.Read(body.Query!.Value, name => table?.Find(name)?.Kind).Try(out var query, out problem)) return new ProblemAnswer(problem);
        return Answered(await scopes.Lake.RunAsync(scope, query, cancellation).ConfigureAwait(false));
    }

    private static IResult Answered(Result<RowStream> answer) => answer.Try(out var rows, out var problem) ? new AnswerResult(rows) : new ProblemAnswer(problem);
}
