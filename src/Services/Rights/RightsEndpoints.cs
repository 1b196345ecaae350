using System.Globalization;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Yunnao.Kernel;
using Yunnao.Lake.Scopes;
using Yunnao.Services.Consents;
using Yunnao.Services.Web;
using Yunnao.Standards;
using Yunnao.Trust.Audit;
using Yunnao.Trust.BreakGlass;
using Yunnao.Trust.Callers;
using Yunnao.Trust.Consents;
using Yunnao.Trust.Rights;

namespace Yunnao.Services.Rights;

/// <summary>
/// What officers and persons do with rights: the audit administrator reads and proves the audit, the security administrator asks why something
/// is shown and reviews emergencies, a doctor opens a record in an emergency, a citizen decides over the own consents.
/// </summary>
public static class RightsEndpoints
{
    private const int MostEvents = 1000;

    public static void MapRights(this IEndpointRouteBuilder api)
    {
        var audit = api.MapGroup("/audit").WithTags("audit");
        audit.MapGet("/", SearchAsync).Needs(Duty.ReadAudit).WithSummary("Events, newest first; before=SEQ gives the next page. Reading the audit is an event too");
        audit.MapPost("/verify", VerifyAsync).Needs(Duty.ReadAudit).WithSummary("Proves the whole chain: nothing was changed, left out or cut off");

        api.MapGet("/rights/explain", Explain).Needs(Duty.ExplainRights).WithTags("rights").WithSummary("Why a role is shown an item for a purpose, step by step");

        var glass = api.MapGroup("/break-glass").WithTags("rights");
        glass.MapPost("/", OpenAsync).Needs(Duty.BreakGlass).WithSummary("Opens one person's record for the purpose emergency, for a time; it is reviewed afterwards");
        glass.MapGet("/", async (BreakGlassBook book, CancellationToken cancellation) => (await book.ToReviewAsync(cancellation).ConfigureAwait(false)).Select(Glass.Of)).Needs(Duty.ReviewBreakGlass).WithSummary("What nobody has reviewed yet, oldest first");
        glass.MapPost("/{number:long}/review", async (long number, Review review, ClaimsPrincipal who, BreakGlassBook book, CancellationToken cancellation) =>
            Answers.Of(await book.ReviewAsync(number, CallerId.Of(who), review.Verdict ?? "", review.Remark, cancellation).ConfigureAwait(false))).Needs(Duty.ReviewBreakGlass).WithSummary("Ends it and says whether it was justified or unjustified");

        var consents = api.MapGroup("/consents").WithTags("rights");
        consents.MapGet("/", OwnAsync).Needs(Duty.OwnConsents).WithSummary("The own decisions, newest first");
        consents.MapPost("/", DecideAsync).Needs(Duty.OwnConsents).WithSummary("Gives, refuses or withdraws the own consent to a purpose, for everybody or one recipient");
    }

    private static async Task<Results<Ok<JsonElement>, ProblemAnswer>> SearchAsync(
        ClaimsPrincipal who, AuditReader reader, AuditLog log, DateTimeOffset? from, DateTimeOffset? until, string? caller, string? kind, string? purpose, string? what, ulong? subject, bool? failed, long? before,
        int? most, CancellationToken cancellation)
    {
        AuditKind? wanted = null;
        if (kind is not null)
        {
            if (!AuditWords.TryParse(kind, out var known)) return new ProblemAnswer(new(ProblemKind.Incorrect, "audit.kind", $"There is no such kind of event. Kinds: {string.Join(", ", Enum.GetValues<AuditKind>().Select(AuditWords.Of))}.", new(Path: "kind")));
            wanted = known;
        }

        var filter = new AuditFilter { From = from, Until = until, Who = caller, Kind = wanted, Purpose = purpose, What = what, Subject = subject, Failed = failed ?? false, Before = before, Limit = Math.Clamp(most ?? 100, 1, MostEvents) };
        var events = await reader.SearchAsync(filter, cancellation).ConfigureAwait(false);
        await log.AppendAsync(new(AuditKind.Read, CallerId.Of(who)) { What = "audit", Subject = subject, Rows = events.Count }, cancellation).ConfigureAwait(false);
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new() { Encoder = ApiJson.Options.Encoder }))
        {
            json.WriteStartArray();
            foreach (var e in events) AuditReader.Write(json, e);
            json.WriteEndArray();
        }

        return TypedResults.Ok(JsonElement.Parse(buffer.ToArray()));
    }

    private static async Task<AuditProof> VerifyAsync(HttpContext http, ClaimsPrincipal who, AuditReader reader, AuditLog log, CancellationToken cancellation)
    {
        var proof = await reader.VerifyAsync(null, cancellation).ConfigureAwait(false);
        await log.AppendAsync(new(AuditKind.Read, CallerId.Of(who)) { What = "audit proof", Rows = proof.Events, Outcome = proof.Problems is [var first, ..] ? first.Code : AuditEvent.Ok }, cancellation).ConfigureAwait(false);
        return proof with { Problems = [.. proof.Problems.Select(p => p.Said(ProblemAnswer.TextsOf(http)))] };
    }

    private static Results<Ok<Explained>, ProblemAnswer> Explain(HttpContext http, Registry registry, string roles, string purpose, string item, string? organisation, ulong? subject)
    {
        var dataSet = registry.DataSets.ContainsKey(item) || !item.Contains('.', StringComparison.Ordinal) ? item : item[..item.LastIndexOf('.')];
        var held = roles.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToHashSet(StringComparer.Ordinal);
        var request = new ScopeRequest(new("explain", CallerKind.Account, held, [organisation ?? "ORG"], subject), new(purpose), [dataSet]) { Subject = subject };
        var (steps, action) = new Explanation(registry).Of(request, dataSet, item == dataSet ? null : item[(dataSet.Length + 1)..]);
        var language = ProblemAnswer.TextsOf(http).Language;
        var told = steps.Select(s => new ExplainedStep(s.Holds, s.Text.In(language), s.Because)).ToList();
        return TypedResults.Ok(new Explained(told, told.All(s => s.Holds) ? action : ItemAction.Nothing));
    }

    private static async Task<Results<Ok<Glass>, ProblemAnswer>> OpenAsync(OpenGlass wanted, ClaimsPrincipal who, BreakGlassBook book, CancellationToken cancellation)
    {
        if (!Caller.Of(who).Try(out var caller, out var problem)) return new ProblemAnswer(problem);
        if (!ulong.TryParse(wanted.Subject, NumberStyles.None, CultureInfo.InvariantCulture, out var subject)) return NoSubject();
        var opened = await book.OpenAsync(caller, subject, wanted.Reason ?? "", cancellation).ConfigureAwait(false);
        return opened.Try(out var grant, out problem) ? TypedResults.Ok(Glass.Of(grant)) : new ProblemAnswer(problem);
    }

    private static async Task<Results<Ok<List<ConsentEndpoints.DecisionAnswer>>, ProblemAnswer>> OwnAsync(ClaimsPrincipal who, ConsentBook book, CancellationToken cancellation)
    {
        if (!Own(who).Try(out var subject, out var problem)) return new ProblemAnswer(problem);
        return TypedResults.Ok((await book.OfAsync(subject, cancellation).ConfigureAwait(false)).Select(ConsentEndpoints.DecisionAnswer.Of).ToList());
    }

    private static async Task<Results<NoContent, ProblemAnswer>> DecideAsync(ConsentEndpoints.DecisionBody wanted, ClaimsPrincipal who, ConsentBook book, CancellationToken cancellation)
    {
        if (!Own(who).Try(out var subject, out var problem)) return new ProblemAnswer(problem);
        return Answers.Of(await book.RecordAsync(wanted.Of(subject, who), cancellation).ConfigureAwait(false));
    }

    /// <summary>The person who the caller is; consents are nobody else's.</summary>
    private static Result<ulong> Own(ClaimsPrincipal who) => Caller.Of(who) switch
    {
        { Ok: false, Problem: { } problem } => problem,
        { Value.Subject: { } subject } => subject,
        _ => new Problem(ProblemKind.Conflict, "consent.own", "The account is not yet tied to a person: the security administrator does that (grant with a subject)."),
    };

    private static ProblemAnswer NoSubject() => new(new(ProblemKind.Incorrect, "query.json", "A subject is written in decimal digits.", new(Path: "subject")));

    /// <summary>A person's record is needed at once.</summary>
    /// <param name="Subject">In decimal digits.</param>
    private sealed record OpenGlass(string? Subject, string? Reason);

    private sealed record Review(string? Verdict, string? Remark);

    private sealed record Glass(long Number, string Caller, string Subject, string Reason, DateTimeOffset Opened, DateTimeOffset Expires)
    {
        public static Glass Of(BreakGlassGrant g) => new(g.Id, g.Caller, g.Subject.ToString(CultureInfo.InvariantCulture), g.Reason, g.Opened, g.Expires);
    }

    private sealed record ExplainedStep(bool Holds, string Text, string Because);

    private sealed record Explained(IReadOnlyList<ExplainedStep> Steps, ItemAction Action);
}
