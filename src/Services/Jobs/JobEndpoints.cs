using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Yunnao.Kernel;
using Yunnao.Services.Web;

namespace Yunnao.Services.Jobs;

/// <summary>Long work: how far it is, its progress as server-sent events, and stopping it. One sees one's own jobs; engineers see all.</summary>
public static class JobEndpoints
{
    public static void MapJobs(this IEndpointRouteBuilder api)
    {
        var jobs = api.MapGroup("/jobs").WithTags("jobs");
        jobs.MapGet("/", ListAsync).Needs(Duty.SignedIn).WithSummary("The newest jobs");
        jobs.MapGet("/{id}", ShowAsync).Needs(Duty.SignedIn).WithSummary("One job");
        jobs.MapGet("/{id}/events", Follow).Needs(Duty.SignedIn).WithSummary("The job each time it has changed, as server-sent events, until it ends");
        jobs.MapDelete("/{id}", CancelAsync).Needs(Duty.SignedIn).WithSummary("Stops a job at the next safe point");
    }

    private static async Task<IReadOnlyList<Job>> ListAsync(HttpContext http, ClaimsPrincipal caller, IAuthorizationService rights, JobQueue jobs, int? most, CancellationToken cancellation) =>
        [.. (await jobs.NewestAsync(await SeesAllAsync(caller, rights).ConfigureAwait(false) ? null : CallerId.Of(caller), Math.Clamp(most ?? 50, 1, 1000), cancellation).ConfigureAwait(false)).Select(j => KeptSentence.In(j, ProblemAnswer.TextsOf(http)))];

    private static async Task<Results<Ok<Job>, ProblemAnswer>> ShowAsync(string id, HttpContext http, ClaimsPrincipal caller, IAuthorizationService rights, JobQueue jobs, CancellationToken cancellation) =>
        Said(http, await FindAsync(id, caller, rights, jobs, cancellation).ConfigureAwait(false));

    private static async Task<Results<Ok<Job>, ProblemAnswer>> CancelAsync(string id, HttpContext http, ClaimsPrincipal caller, IAuthorizationService rights, JobQueue jobs, CancellationToken cancellation)
    {
        var found = await FindAsync(id, caller, rights, jobs, cancellation).ConfigureAwait(false);
        return Said(http, found.Ok ? await jobs.CancelAsync(id, cancellation).ConfigureAwait(false) : found);
    }

    private static async Task<Results<ServerSentEventsResult<Job>, ProblemAnswer>> Follow(
        string id, HttpContext http, ClaimsPrincipal caller, IAuthorizationService rights, JobQueue jobs, StreamLife life, CancellationToken cancellation)
    {
        if (!(await FindAsync(id, caller, rights, jobs, cancellation).ConfigureAwait(false)).Try(out _, out var problem)) return new ProblemAnswer(problem);
        return TypedResults.ServerSentEvents(EventsAsync(id, jobs, ProblemAnswer.TextsOf(http), life.Of(caller), cancellation));
    }

    private static async IAsyncEnumerable<SseItem<Job>> EventsAsync(string id, JobQueue jobs, Text texts, CancellationToken revoked, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(revoked, cancellation);
        await foreach (var job in jobs.FollowAsync(id, either.Token).ConfigureAwait(false)) yield return new(KeptSentence.In(job, texts), job.Final ? "ended" : "progress");
    }

    private static Results<Ok<Job>, ProblemAnswer> Said(HttpContext http, Result<Job> found) =>
        Answers.Of<Job>(found.Try(out var job, out var problem) ? KeptSentence.In(job, ProblemAnswer.TextsOf(http)) : problem);

    private static async Task<Result<Job>> FindAsync(string id, ClaimsPrincipal caller, IAuthorizationService rights, JobQueue jobs, CancellationToken cancellation)
    {
        var found = await jobs.FindAsync(id, cancellation).ConfigureAwait(false);
        if (!found.Try(out var job, out _) || job.Who == CallerId.Of(caller) || await SeesAllAsync(caller, rights).ConfigureAwait(false)) return found;
        return new Problem(ProblemKind.NotFound, "job.unknown", "There is no job of this id, or it is another's.");
    }

    private static async Task<bool> SeesAllAsync(ClaimsPrincipal caller, IAuthorizationService rights) =>
        (await rights.AuthorizeAsync(caller, DutyEndpoints.Policy(Duty.ReadEveryJob)).ConfigureAwait(false)).Succeeded;
}
