using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Yunnao.Kernel;
using Yunnao.Lake;
using Yunnao.Lake.Batches;
using Yunnao.Lake.Objects;
using Yunnao.Services.Jobs;
using Yunnao.Services.Web;
using Yunnao.Standards;
using Yunnao.Trust.Audit;

namespace Yunnao.Services.Ingest;

/// <summary>Files come in, batches are looked at and taken back.</summary>
public static class BatchEndpoints
{
    private const int LongestName = 200;

    /// <param name="largest">Most bytes of one file.</param>
    public static void MapBatches(this IEndpointRouteBuilder api, long largest)
    {
        var batches = api.MapGroup("/batches").WithTags("batches");
        batches.MapGet("/", ListAsync).Needs(Duty.ReadBatches).WithSummary("The newest batches; of files whose name begins with a text, or those that were taken back or not, where this is asked for");
        batches.MapGet("/{number:int}", ShowAsync).Needs(Duty.ReadBatches).WithSummary("A batch with its counts by data set");
        batches.MapDelete("/{number:int}", TakeBackAsync).Needs(Duty.TakeBackBatches).WithSummary("Takes a batch back: what it superseded is current again");
        batches.MapPost("/", (HttpContext http, string? source, string? name, string? organisation, bool? dry_run, bool? report, Registry registry, FileObjectStore objects, JobQueue jobs, AuditLog audit) =>
                ReceiveAsync(http, new("", name ?? "", source ?? "", organisation, dry_run ?? false, report ?? false), largest, registry, objects, jobs, audit))
            .Needs(Duty.LoadBatches)
            .WithSummary("Receives one file as the body of the request; a job loads it")
            .WithDescription("The file is kept when the answer has come (202). The same file with the same mapping is the same batch: sending it again after a broken connection loads nothing twice.");
    }

    private static async Task<Results<Accepted<Job>, ProblemAnswer>> ReceiveAsync(
        HttpContext http, Upload asked, long largest, Registry registry, FileObjectStore objects, JobQueue jobs, AuditLog audit)
    {
        if (Refuse(asked, registry) is { } refused) return new ProblemAnswer(refused);
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = largest;
        var stored = await objects.PutAsync(http.Request.Body, http.RequestAborted).ConfigureAwait(false);
        var who = CallerId.Of(http.User);
        await audit.AppendAsync(new(AuditKind.Ingest, who) { What = stored.Id, Details = new Dictionary<string, string> { ["source"] = asked.Source, ["bytes"] = $"{stored.Length}" } }, CancellationToken.None).ConfigureAwait(false);
        var job = await jobs.AddAsync(IngestJob.Kind, asked with { Object = stored.Id }, who, CancellationToken.None).ConfigureAwait(false);
        return TypedResults.Accepted($"/api/v1/jobs/{job.Id}", job);
    }

    private static Problem? Refuse(Upload asked, Registry registry)
    {
        if (!registry.Mappings.ContainsKey(asked.Source))
            return new(ProblemKind.NotFound, "ingest.unknown-source", "Name the mapping of the sender: ?source=… (GET /api/v1/standards?words=mapping).", new(Path: "source"));
        if (asked.Name.Length is 0 or > LongestName || asked.Name.Any(c => char.IsControl(c) || c is '/' or '\\') || asked.Name is "." or "..")
            return new(ProblemKind.Incorrect, "ingest.bad-name", $"Name the file: ?name=…, up to {LongestName} characters, without folders.", new(Path: "name"));
        return null;
    }

    private static Task<IReadOnlyList<BatchEntry>> ListAsync(ILakeEngine lake, int? most, string? name, bool? taken_back, CancellationToken cancellation) =>
        lake.BatchesAsync(Math.Clamp(most ?? 50, 1, 10_000), new(name, taken_back), cancellation);

    private static async Task<Results<Ok<BatchEntry>, ProblemAnswer>> ShowAsync(int number, ILakeEngine lake, CancellationToken cancellation) =>
        Answers.Of(await lake.BatchAsync(number, cancellation).ConfigureAwait(false));

    private static async Task<Results<Ok<IReadOnlyList<TakeBackReport>>, ProblemAnswer>> TakeBackAsync(
        int number, ClaimsPrincipal caller, ILakeEngine lake, AuditLog audit, CancellationToken cancellation)
    {
        var taken = await lake.TakeBackAsync(number, cancellation).ConfigureAwait(false);
        await audit.AppendAsync(new(AuditKind.Change, CallerId.Of(caller)) { What = $"batch {number} take-back", Outcome = taken.Problem?.Code ?? "ok" }, CancellationToken.None).ConfigureAwait(false);
        return Answers.Of(taken);
    }
}
