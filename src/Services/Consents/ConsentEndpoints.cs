using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Yunnao.Lake.Scopes;
using Yunnao.Services.Web;
using Yunnao.Trust.Consents;

namespace Yunnao.Services.Consents;

/// <summary>
/// What persons decided about the use of their data, kept for them: the desk of the security administrator records what persons say there, and takes
/// back what was recorded by mistake. A decision holds for every Scope from then on. What citizens decide themselves is in <see cref="Rights.RightsEndpoints"/>.
/// </summary>
public static class ConsentEndpoints
{
    public static void MapConsents(this IEndpointRouteBuilder api)
    {
        var consents = api.MapGroup("/consents").WithTags("consents");
        consents.MapGet("/{subject}", ListAsync).Needs(Duty.KeepConsents).WithSummary("All decisions of a person, newest first");
        consents.MapPost("/{subject}", DecideAsync).Needs(Duty.KeepConsents).WithSummary("Record that a person consents, refuses or withdraws");
        consents.MapPost("/{subject}/undo", UndoAsync).Needs(Duty.KeepConsents).WithSummary("Take the newest decision back; what was decided before holds again");
    }

    /// <summary>A decision as it is sent.</summary>
    /// <param name="Recipient">Organisation code or client id; null for everybody.</param>
    public sealed record DecisionBody(string? Purpose, ConsentDecision Decision, string? Recipient, DateTimeOffset? From, DateTimeOffset? Until)
    {
        internal ConsentChange Of(ulong subject, ClaimsPrincipal by) => new(subject, Purpose ?? "", Decision, CallerId.Of(by))
        {
            Recipient = string.IsNullOrEmpty(Recipient) ? ConsentState.Everybody : Recipient, From = From, Until = Until,
        };
    }

    /// <summary>Which newest decision is to be taken back.</summary>
    public sealed record UndoBody(string Purpose, string? Recipient);

    /// <summary>A decision as it is kept; the subject is in the address that was asked.</summary>
    public sealed record DecisionAnswer(long Sequence, string Purpose, string Recipient, ConsentDecision Decision, DateTimeOffset From, DateTimeOffset? Until, DateTimeOffset Recorded, string By)
    {
        internal static DecisionAnswer Of(ConsentEntry e) => new(e.Sequence, e.Purpose, e.Recipient, e.Decision, e.From, e.Until, e.Recorded, e.By);
    }

    private static Task<Ok<List<DecisionAnswer>>> ListAsync(ulong subject, ConsentBook book, CancellationToken cancellation) => AnswerAsync(subject, book, cancellation);

    private static async Task<Results<Ok<List<DecisionAnswer>>, ProblemAnswer>> DecideAsync(
        ulong subject, DecisionBody body, ClaimsPrincipal caller, ConsentBook book, CancellationToken cancellation)
    {
        var change = body.Of(subject, caller);
        return await book.RecordAsync(change, cancellation).ConfigureAwait(false) is { } problem ? new ProblemAnswer(problem) : await AnswerAsync(subject, book, cancellation).ConfigureAwait(false);
    }

    private static async Task<Results<Ok<List<DecisionAnswer>>, ProblemAnswer>> UndoAsync(ulong subject, UndoBody body, ClaimsPrincipal caller, ConsentBook book, CancellationToken cancellation)
    {
        var undone = await book.UndoAsync(subject, body.Purpose, body.Recipient ?? ConsentState.Everybody, CallerId.Of(caller), cancellation).ConfigureAwait(false);
        return undone.Try(out _, out var problem) ? await AnswerAsync(subject, book, cancellation).ConfigureAwait(false) : new ProblemAnswer(problem);
    }

    private static async Task<Ok<List<DecisionAnswer>>> AnswerAsync(ulong subject, ConsentBook book, CancellationToken cancellation) =>
        TypedResults.Ok((await book.OfAsync(subject, cancellation).ConfigureAwait(false)).Select(DecisionAnswer.Of).ToList());
}
