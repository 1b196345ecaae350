using System.Text.Json;
using Yunnao.Kernel;
using Yunnao.Lake.Scopes;
using Yunnao.Services.Exports.Targets;
using Yunnao.Services.Jobs;
using Yunnao.Standards;
using Yunnao.Trust.Rights;

namespace Yunnao.Services.Exports;

/// <summary>Carries an approved export out, by the rights that the recipient has now. Begun again after a crash it goes on where it was.</summary>
public sealed class ExportJob(ExportStore store, ExportRun run, TargetRun targets, ScopeMaker scopes, Registry registry, ExportFolder folder, ExportPlaces places) : IJobKind
{
    public const string Kind = "export";

    /// <summary>What a job is given.</summary>
    public sealed record Arguments(string Export);

    /// <inheritdoc/>
    public string Name => Kind;

    /// <inheritdoc/>
    public async Task<Result<object>> RunAsync(JsonElement arguments, Action<string, double> report, CancellationToken cancellation)
    {
        var id = arguments.GetProperty("export").GetString()!;
        if (await store.FindAsync(id, cancellation).ConfigureAwait(false) is not { State: ExportState.Approved or ExportState.Done } export)
            return new Problem(ProblemKind.Conflict, "export.not-approved", "The export is not approved, or has ended.");
        if (export is { State: ExportState.Done, Manifest: { } before }) return await PushAsync(export, before, report, cancellation).ConfigureAwait(false) is { } still ? still : Outcome(before);
        var made = await ScopeAsync(export, cancellation).ConfigureAwait(false);
        var outcome = made.Try(out var scope, out var problem)
            ? await RunAsync(scope, export.Order, folder.Of(id), report, cancellation).ConfigureAwait(false)
            : problem;

        // The order of a schedule is not there to look after it: where changes cannot be told (no keys are shown, or the lake was restored since), it gets all.
        if (scope is not null && outcome.Problem?.Code is "export.full-needed" or "export.no-key" && StandingOrder.IsRun(id) && export.Order.Since is not null)
        {
            folder.Empty(id);
            outcome = await run.RunAsync(scope, export.Order with { Since = null }, folder.Of(id), report, cancellation).ConfigureAwait(false);
        }

        var done = outcome.Try(out var manifest, out problem)
            ? export with { State = ExportState.Done, Manifest = manifest }
            : problem.Code == "export.exists" ? export : export with { State = ExportState.Failed, Reason = problem.Code };

        // A server that was killed after the manifest was written and before this finds it there.
        if (problem?.Code == "export.exists" && folder.Manifest(id) is { } written) (done, problem) = (export with { State = ExportState.Done, Manifest = written }, null);
        if (problem is null && await PushAsync(export, done.Manifest!, report, cancellation).ConfigureAwait(false) is { } unpushed)
        {
            // The files are there all the same, for the recipient to fetch.
            (done, problem) = (done with { Reason = unpushed.Code }, unpushed);
        }

        if (await store.FindAsync(id, CancellationToken.None).ConfigureAwait(false) is { Job: { } job }) done = done with { Job = job };
        await store.MoveAsync(done, ExportState.Approved, CancellationToken.None).ConfigureAwait(false);
        return problem is null ? Outcome(done.Manifest!) : problem;

        Result<object> Outcome(ExportManifest whole) => new { export = id, rows = whole.DataSets.Sum(d => d.Rows) };
    }

    private async Task<Problem?> PushAsync(Export export, ExportManifest manifest, Action<string, double> report, CancellationToken cancellation)
    {
        if (export.Order.Place is not { } name) return null;
        return places.Find(name) is { } place
            ? await place.PushAsync(export.Id, manifest, folder.Of(export.Id), report, cancellation).ConfigureAwait(false)
            : new(ProblemKind.Unavailable, "export.place", "The place of the order is not configured any more.");
    }

    private Task<Result<ExportManifest>> RunAsync(Scope scope, ExportOrder order, string into, Action<string, double> report, CancellationToken cancellation) =>
        order.Target is null ? run.RunAsync(scope, order, into, report, cancellation) : targets.RunAsync(scope, order, report, cancellation);

    private async Task<Result<Scope>> ScopeAsync(Export export, CancellationToken cancellation)
    {
        if (export.Caller is not { } caller) return LocalAdministrator.ScopeOver(registry.DataSets.Values, export.Order.Purpose);
        return await store.RightsEpochAsync(caller.Id, cancellation).ConfigureAwait(false) == export.RightsEpoch
            ? await scopes.MakeAsync(new(caller, new(export.Order.Purpose), export.Order.DataSets), cancellation).ConfigureAwait(false)
            : ExportDesk.RightsChanged;
    }
}
