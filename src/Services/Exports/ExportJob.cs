using System.Text.Json;
using Yunnao.Kernel;
using Yunnao.Lake.Scopes;
using Yunnao.Services.Exports.Targets;
using Yunnao.Services.Jobs;
using Yunnao.Standards;
using Yunnao.Trust.Rights;

namespace Yunnao.Services.Exports;

/// <summary>Carries an approved export out, by the rights that the recipient has now. Begun again after a crash it goes on where it was.</summary>
public sealed class ExportJob(ExportStore store, ExportRun run, TargetRun targets, ScopeMaker scopes, Registry registry, ExportFolder folder) : IJobKind
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
        if (await store.FindAsync(id, cancellation).ConfigureAwait(false) is not { State: ExportState.Approved } export)
            return new Problem(ProblemKind.Conflict, "export.not-approved", "The export is not approved, or has ended.");
        var made = await ScopeAsync(export, cancellation).ConfigureAwait(false);
        var outcome = made.Try(out var scope, out var problem)
            ? await RunAsync(scope, export.Order, folder.Of(id), report, cancellation).ConfigureAwait(false)
            : problem;
        var done = outcome.Try(out var manifest, out problem)
            ? export with { State = ExportState.Done, Manifest = manifest }
            : problem.Code == "export.exists" ? export : export with { State = ExportState.Failed, Reason = problem.Code };

        // A server that was killed after the manifest was written and before this finds it there.
        if (problem?.Code == "export.exists" && folder.Manifest(id) is { } written) (done, problem) = (export with { State = ExportState.Done, Manifest = written }, null);
        if (await store.FindAsync(id, CancellationToken.None).ConfigureAwait(false) is { Job: { } job }) done = done with { Job = job };
        await store.MoveAsync(done, ExportState.Approved, CancellationToken.None).ConfigureAwait(false);
        return problem is null ? new { export = id, rows = done.Manifest!.DataSets.Sum(d => d.Rows) } : problem;
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
