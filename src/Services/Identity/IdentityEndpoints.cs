using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Yunnao.Services.DataServices;
using Yunnao.Services.Web;

namespace Yunnao.Services.Identity;

/// <summary>Merges of persons: which there are, and undoing one; and finding a person. Answers name subjects, never local numbers.</summary>
public static class IdentityEndpoints
{
    public static void MapIdentity(this IEndpointRouteBuilder api)
    {
        var merges = api.MapGroup("/merges").WithTags("identity");
        merges.MapGet("/", (int? most, IdentityDesk desk, CancellationToken cancellation) => desk.NewestAsync(Math.Clamp(most ?? 50, 1, 10_000), cancellation))
            .Needs(Duty.ReadBatches).WithSummary("The newest merges of persons");
        merges.MapDelete("/{number:int}", UndoAsync).Needs(Duty.TakeBackBatches).WithSummary("Undoes a merge; every row is its own person's again");
        api.MapPost("/persons/search", FindAsync).Needs(Duty.Query).WithTags("identity").WithBodyExample("""{"purpose": "care", "kind": "id_number", "value": "11010519491231002X"}""")
            .WithSummary("Finds a person by an identity number, a health card, another number or a telephone number, for whoever may")
            .WithDescription("{\"purpose\": \"care\", \"kind\": \"id_number\", \"value\": \"…\"}; kind is id_number, health_card, identifier (a number of any other system: the system, a blank, the number) or phone. The value is matched as a whole and is kept nowhere, in no address, log or audit. The subjects are those of whom the caller reaches a record; with one of them, ask /api/v1/data/{data_set}/search.");
    }

    private static async Task<IResult> FindAsync(PersonQuestion question, HttpContext http, PersonSearch search, CallQuota quota)
    {
        if (await quota.RefuseAsync(http).ConfigureAwait(false) is { } refused) return refused;
        return (await search.FindAsync(http.User, question.Purpose, question.Kind, question.Value, http.RequestAborted).ConfigureAwait(false)).Try(out var found, out var problem)
            ? TypedResults.Ok(new PersonsFound([.. found.Select(s => new PersonFound(s))]))
            : new ProblemAnswer(problem);
    }

    private sealed record PersonQuestion(string? Purpose, string? Kind, string? Value);

    private sealed record PersonsFound(IReadOnlyList<PersonFound> Persons);

    /// <param name="Subject">As the caller's right shows it: the number, or its pseudonym.</param>
    private sealed record PersonFound(string Subject);

    private static async Task<Results<Ok<UndoneMerge>, ProblemAnswer>> UndoAsync(int number, ClaimsPrincipal caller, IdentityDesk desk, CancellationToken cancellation) =>
        Answers.Of(await desk.UndoAsync(number, CallerId.Of(caller), cancellation).ConfigureAwait(false));
}
