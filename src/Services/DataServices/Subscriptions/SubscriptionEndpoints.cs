using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Yunnao.Kernel;
using Yunnao.Services.Web;

namespace Yunnao.Services.DataServices.Subscriptions;

/// <summary>Being told of new records that match: a signed message with their number, and a link to them.</summary>
public static class SubscriptionEndpoints
{
    private const int UsualList = 100, LongestList = 10_000;

    /// <summary>What somebody subscribes to; <c>where</c> is a question's body: <c>{"item_code": ["GLU"], "result_value": {"ge": 7}}</c>.</summary>
    public sealed record SubscribeBody(string? DataSet, string? Purpose, string? Url, JsonElement? Where, IReadOnlyList<string>? Organisations);

    /// <param name="folder">For files that live as long as an answer.</param>
    public static void MapSubscriptions(this IEndpointRouteBuilder api, string folder)
    {
        var subscriptions = api.MapGroup("/subscriptions").WithTags("subscriptions");
        subscriptions.MapPost("/", SubscribeAsync).Needs(Duty.Query).WithBodyExample("""{"data_set": "lab.result", "purpose": "care", "url": "https://hooks.hospital.example/yunnao", "where": {"item_code": ["GLU"], "result_value": {"ge": 7}}}""")
            .WithSummary("Subscribes to new records of a data set that match; the secret is in this answer alone")
            .WithDescription("{\"data_set\", \"purpose\", \"url\", \"where\": {\"item_code\": [\"GLU\"], \"result_value\": {\"ge\": 7}}, \"organisations\": […]}");
        subscriptions.MapGet("/", ListAsync).Needs(Duty.SignedIn).WithSummary("The own subscriptions");
        subscriptions.MapGet("/{id}", ShowAsync).Needs(Duty.SignedIn).WithSummary("One subscription");
        subscriptions.MapDelete("/{id}", EndAsync).Needs(Duty.SignedIn).WithSummary("Ends a subscription");
        subscriptions.MapPost("/{id}/pause", PauseAsync).Needs(Duty.SignedIn).WithSummary("Lets a subscription rest; what comes meanwhile is told when it is resumed");
        subscriptions.MapPost("/{id}/resume", ResumeAsync).Needs(Duty.Query).WithSummary("Goes on after a suspension, with the rights that the subscriber has now");
        subscriptions.MapGet("/{id}/deliveries", DeliveriesAsync).Needs(Duty.SignedIn).WithSummary("The newest deliveries");
        subscriptions.MapPost("/{id}/replay", ReplayDeadAsync).Needs(Duty.SignedIn).WithSummary("Sends all dead deliveries again, under their ids");
        subscriptions.MapPost("/{id}/deliveries/{delivery}/replay", ReplayAsync).Needs(Duty.SignedIn).WithSummary("Sends a delivery again, under its id");
        subscriptions.MapGet("/{id}/deliveries/{delivery}/rows", (string id, string delivery, int? limit, string? after, HttpContext http, SubscriptionDesk desk, CallQuota quota) => RowsAsync(id, delivery, limit, after, http, desk, quota, folder))
            .Needs(Duty.Query).WithSummary("The records that a delivery tells of, a page at a time, under the rights of now").Produces(StatusCodes.Status200OK, null, DataForm.All[0], DataForm.All[1..]);
    }

    private static async Task<Results<Created<SubscriptionView>, ProblemAnswer>> SubscribeAsync(SubscribeBody body, ClaimsPrincipal caller, DataService data, SubscriptionDesk desk, CancellationToken cancellation)
    {
        if (!data.Find(body.DataSet ?? "").Try(out var set, out var problem)) return new ProblemAnswer(problem);
        var question = new DataQuestion(set.Id);
        if (body.Where is { } where && !QuestionReader.OfBody(set, where).Try(out question!, out problem)) return new ProblemAnswer(problem);

        // Of a question only its conditions are part of a subscription.
        if (question != new DataQuestion(set.Id) { Conditions = question.Conditions }) return new ProblemAnswer(new(ProblemKind.Incorrect, "data.body", "where holds conditions on items alone.", new(Path: "where")));
        var order = new SubscriptionOrder(set.Id, body.Purpose ?? "", body.Url ?? "") { Conditions = question.Conditions, Organisations = body.Organisations ?? [] };
        return (await desk.SubscribeAsync(caller, order, cancellation).ConfigureAwait(false)).Try(out var made, out problem)
            ? TypedResults.Created($"/api/v1/subscriptions/{made.Subscription.Id}", SubscriptionView.Of(made.Subscription) with { Secret = made.Secret })
            : new ProblemAnswer(problem);
    }

    private static async Task<IReadOnlyList<SubscriptionView>> ListAsync(ClaimsPrincipal caller, SubscriptionDesk desk, CancellationToken cancellation) =>
        await ViewsAsync(await desk.ListAsync(caller, cancellation).ConfigureAwait(false), desk, cancellation).ConfigureAwait(false);

    private static async Task<Results<Ok<SubscriptionView>, ProblemAnswer>> ShowAsync(string id, ClaimsPrincipal caller, SubscriptionDesk desk, CancellationToken cancellation) =>
        await AnswerAsync(await desk.FindAsync(id, caller, cancellation).ConfigureAwait(false), desk, cancellation).ConfigureAwait(false);

    private static async Task<Results<Ok<SubscriptionView>, ProblemAnswer>> PauseAsync(string id, ClaimsPrincipal caller, SubscriptionDesk desk, CancellationToken cancellation) =>
        await AnswerAsync(await desk.PauseAsync(id, caller, cancellation).ConfigureAwait(false), desk, cancellation).ConfigureAwait(false);

    private static async Task<Results<Ok<SubscriptionView>, ProblemAnswer>> ResumeAsync(string id, ClaimsPrincipal caller, SubscriptionDesk desk, CancellationToken cancellation) =>
        await AnswerAsync(await desk.ResumeAsync(id, caller, cancellation).ConfigureAwait(false), desk, cancellation).ConfigureAwait(false);

    private static async Task<Results<NoContent, ProblemAnswer>> EndAsync(string id, ClaimsPrincipal caller, SubscriptionDesk desk, CancellationToken cancellation) =>
        await desk.EndAsync(id, caller, cancellation).ConfigureAwait(false) is { } problem ? new ProblemAnswer(problem) : TypedResults.NoContent();

    private static async Task<Results<Ok<DeliveryView[]>, ProblemAnswer>> DeliveriesAsync(string id, int? most, ClaimsPrincipal caller, SubscriptionDesk desk, CancellationToken cancellation) =>
        Answer<List<Delivery>>(await desk.DeliveriesAsync(id, caller, Math.Clamp(most ?? UsualList, 1, LongestList), cancellation).ConfigureAwait(false));

    private static async Task<Results<Ok<DeliveryView[]>, ProblemAnswer>> ReplayDeadAsync(string id, ClaimsPrincipal caller, SubscriptionDesk desk, CancellationToken cancellation) =>
        Answer(await desk.ReplayAsync(id, null, caller, cancellation).ConfigureAwait(false));

    private static async Task<Results<Ok<DeliveryView[]>, ProblemAnswer>> ReplayAsync(string id, string delivery, ClaimsPrincipal caller, SubscriptionDesk desk, CancellationToken cancellation) =>
        Answer(await desk.ReplayAsync(id, delivery, caller, cancellation).ConfigureAwait(false));

    private static async Task<IResult> RowsAsync(string id, string delivery, int? limit, string? after, HttpContext http, SubscriptionDesk desk, CallQuota quota, string folder)
    {
        if (await quota.RefuseAsync(http).ConfigureAwait(false) is { } refused) return refused;
        if (!DataForm.Of(http.Request).Try(out var form, out var problem)) return new ProblemAnswer(problem) { Status = StatusCodes.Status406NotAcceptable };
        var most = limit ?? DataQuestion.UsualPage;
        if (most is < 1 or > DataQuestion.LongestPage) return new ProblemAnswer(new(ProblemKind.Incorrect, "data.limit", $"limit is a whole number from 1 to {DataQuestion.LongestPage}.", new(Path: "limit")));
        if (!(await desk.RowsAsync(id, delivery, http.User, most, after, http.RequestAborted).ConfigureAwait(false)).Try(out var page, out problem)) return new ProblemAnswer(problem);
        quota.Count(CallerId.Of(http.User), page.Rows);
        return new DataAnswer(page, form, folder);
    }

    private static async Task<Results<Ok<SubscriptionView>, ProblemAnswer>> AnswerAsync(Result<Subscription> found, SubscriptionDesk desk, CancellationToken cancellation) =>
        found.Try(out var subscription, out var problem) ? TypedResults.Ok((await ViewsAsync([subscription], desk, cancellation).ConfigureAwait(false))[0]) : new ProblemAnswer(problem);

    private static async Task<IReadOnlyList<SubscriptionView>> ViewsAsync(List<Subscription> all, SubscriptionDesk desk, CancellationToken cancellation)
    {
        var unsent = await desk.UnsentAsync(cancellation).ConfigureAwait(false);
        return [.. all.Select(s => SubscriptionView.Of(s, unsent.GetValueOrDefault(s.Id)))];
    }

    private static Results<Ok<DeliveryView[]>, ProblemAnswer> Answer<T>(Result<T> found)
        where T : IReadOnlyList<Delivery> =>
        found.Try(out var deliveries, out var problem) ? TypedResults.Ok(deliveries.Select(DeliveryView.Of).ToArray()) : new ProblemAnswer(problem);
}
