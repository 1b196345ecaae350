using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Yunnao.Kernel;
using Yunnao.Services.Web;
using Yunnao.Standards;

namespace Yunnao.Services.DataServices;

/// <summary>Every data set of the registry as an interface, without code of its own.</summary>
public static class DataEndpoints
{
    /// <param name="folder">For files that live as long as an answer.</param>
    public static void MapData(this IEndpointRouteBuilder api, string folder)
    {
        var data = api.MapGroup("/data").WithTags("data");
        data.MapGet("/", ListAsync).Needs(Duty.Query).WithSummary("The data sets that the caller reaches for a purpose: ?purpose=…");
        data.MapGet("/{data_set}", (string data_set, HttpContext http, DataService service, CallQuota quota) =>
                AnswerAsync(data_set, http, service, quota, folder, set => QuestionReader.OfAddress(set, http.Request.Query)))
            .Needs(Duty.Query).WithSummary("Rows or groups of a data set, a page at a time").WithDescription(Syntax).Produces(StatusCodes.Status200OK, null, DataForm.All[0], DataForm.All[1..]);
        data.MapPost("/{data_set}/search", (string data_set, JsonElement body, HttpContext http, DataService service, CallQuota quota) =>
                AnswerAsync(data_set, http, service, quota, folder, set => QuestionReader.OfBody(set, body)))
            .Needs(Duty.Query).WithBodyExample("""{"purpose": "care", "subject": "1234567890", "limit": 50}""").WithSummary("The same, asked in a body: here one person may be named, and items that could tell who somebody is")
            .WithDescription("The names are those of the address; \"subject\" is a text of digits, a condition is a value, a list, or {\"ge\": 5}. " + Syntax).Produces(StatusCodes.Status200OK, null, DataForm.All[0], DataForm.All[1..]);
    }

    private const string Syntax =
        "purpose=… says what for. Every item is a filter: item=value, item=ne|lt|le|gt|ge:value, item=in:a,b, item=prefix:text, item=null:true|false (item=eq:value for a value that looks like one of these). from (included) and to (not included) bound the event time, organisation names institutions. "
        + "fields and sort name columns, sort with a minus for descending; limit is up to 10000; after is the cursor in next. since=start, and later since=the mark of the last answer, gives what changed: records as they are now, and with _deleted true those that are gone. group and measures (count, distinct:item, sum:item, avg:item, min:item, max:item) ask for groups instead of rows.";

    private static async Task<Results<Ok<DataSetLine[]>, ProblemAnswer>> ListAsync(string? purpose, ClaimsPrincipal caller, DataService service, CancellationToken cancellation) =>
        (await service.ReachAsync(caller, purpose, cancellation).ConfigureAwait(false)).Try(out var reached, out var problem)
            ? TypedResults.Ok(reached.Shapes.Select(s => DataSetLine.Of(s, reached.Scope)).ToArray())
            : new ProblemAnswer(problem);

    private static async Task<IResult> AnswerAsync(
        string id, HttpContext http, DataService service, CallQuota quota, string folder, Func<DataSet, Result<DataQuestion>> read)
    {
        var (caller, cancellation) = (CallerId.Of(http.User), http.RequestAborted);
        if (await quota.RefuseAsync(http).ConfigureAwait(false) is { } refused) return refused;
        if (!DataForm.Of(http.Request).Try(out var form, out var problem)) return new ProblemAnswer(problem) { Status = StatusCodes.Status406NotAcceptable };
        if (!service.Find(id).Try(out var dataSet, out problem) || !read(dataSet).Try(out var question, out problem)
            || !(await service.PageAsync(http.User, question, cancellation).ConfigureAwait(false)).Try(out var page, out problem)) return new ProblemAnswer(problem);
        quota.Count(caller, page.Rows);
        return new DataAnswer(page, form, folder);
    }
}
