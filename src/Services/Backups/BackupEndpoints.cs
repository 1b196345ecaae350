using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Yunnao.Kernel;
using Yunnao.Services.Jobs;
using Yunnao.Services.Web;

namespace Yunnao.Services.Backups;

/// <summary>
/// Backups are made and listed here. Where to, is configured: who calls from elsewhere names no folder of this machine. Restoring is nobody's from
/// afar; it is a command of whoever has the machine and the master key.
/// </summary>
public static class BackupEndpoints
{
    /// <param name="places">Folders that callers may name; the local administrator may name any.</param>
    public static void MapBackups(this IEndpointRouteBuilder api, IReadOnlyCollection<string> places)
    {
        var allowed = places.Select(Normal).ToHashSet(StringComparer.Ordinal);
        var backups = api.MapGroup("/backups").WithTags("backups");
        backups.MapGet("/", (string? place, ClaimsPrincipal caller) => List(place, caller, allowed)).Needs(Duty.MakeBackups).WithSummary("The backups of a place, the newest first");
        backups.MapPost("/", (Wanted wanted, ClaimsPrincipal caller, JobQueue jobs, CancellationToken cancellation) => AddAsync(wanted, caller, jobs, allowed, cancellation))
            .Needs(Duty.MakeBackups).WithSummary("A job that makes a backup").WithDescription("The place is one of those that are configured (backup_places).");
    }

    private static Results<Ok<IReadOnlyList<BackupEntry>>, ProblemAnswer> List(string? place, ClaimsPrincipal caller, HashSet<string> allowed) =>
        Refuse(place, caller, allowed) is { } refused ? new ProblemAnswer(refused) : Answers.Of(BackupPlace.List(Normal(place!)));

    private static async Task<Results<Accepted<Job>, ProblemAnswer>> AddAsync(Wanted wanted, ClaimsPrincipal caller, JobQueue jobs, HashSet<string> allowed, CancellationToken cancellation)
    {
        if (Refuse(wanted.Place, caller, allowed) is { } refused) return new ProblemAnswer(refused);
        var who = CallerId.Of(caller);
        var job = await jobs.AddAsync(BackupJob.Kind, new BackupJob.Asked(Normal(wanted.Place!), who), who, cancellation).ConfigureAwait(false);
        return TypedResults.Accepted($"/api/v1/jobs/{job.Id}", job);
    }

    private static Problem? Refuse(string? place, ClaimsPrincipal caller, HashSet<string> allowed) =>
        place is { Length: > 0 } && (CallerId.IsLocal(caller) || allowed.Contains(Normal(place)))
            ? null
            : new(ProblemKind.Forbidden, "backup.place-forbidden", "Name a place that is configured for backups (BackupPlaces of the server).", new(Path: "place"));

    private static string Normal(string place) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(place));

    /// <param name="Place">Folder of the backups, on the machine of the server.</param>
    internal sealed record Wanted(string? Place);
}
