using System.Text.Json;
using Yunnao.Kernel;
using Yunnao.Lake.Objects;
using Yunnao.Services.Ingest;
using Yunnao.Services.Jobs;
using Yunnao.Services.Web;

namespace Yunnao.Services.Release;

/// <summary>
/// Lets rows out of quarantine while the server runs. Begun again after a crash it lets go on with the batches that are left. Its outcome is what became of
/// each batch; a batch's problem does not stop the others.
/// </summary>
public sealed class ReleaseJob(IngestService ingest, FileObjectStore objects) : IJobKind
{
    public const string Kind = "release";

    /// <inheritdoc/>
    public string Name => Kind;

    /// <inheritdoc/>
    public async Task<Result<object>> RunAsync(JsonElement arguments, Action<string, double> report, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(report);
        var order = arguments.Deserialize<ReleaseOrder>(ApiJson.Options)!;
        if (!(await CorrectionsAsync(order.Corrections, cancellation).ConfigureAwait(false)).Try(out var corrections, out var problem)) return problem;
        var request = new ReleaseRequest(order.Batch, order.DataSet, order.Reason, corrections.Count == 0 ? null : corrections, order.Note, order.DryRun);
        var done = new List<BatchRelease>();
        report(Kind, 0);
        await foreach (var batch in ingest.Release.ReleaseAsync(request, cancellation).ConfigureAwait(false))
        {
            done.Add(batch);
            report($"{Kind} {batch.Batch}", 0);
        }

        return done;
    }

    private async Task<Result<List<Correction>>> CorrectionsAsync(string? id, CancellationToken cancellation)
    {
        if (id is null) return new List<Correction>();
        if (!(await objects.ReceivedAsync(id, cancellation).ConfigureAwait(false)).Try(out var kept, out var problem)) return problem;
        await using (kept.ConfigureAwait(false))
        {
            var bytes = await File.ReadAllBytesAsync(kept.Path, cancellation).ConfigureAwait(false);
            return JsonSerializer.Deserialize<List<Correction>>(bytes, ApiJson.Options)!;
        }
    }
}
