using System.Text.Json;
using Yunnao.Kernel;
using Yunnao.Services.Jobs;
using Yunnao.Services.Web;

namespace Yunnao.Services.Ingest;

/// <summary>Loads one uploaded file. Begun again after a crash it loads nothing twice: the same file with the same mapping is the same batch.</summary>
public sealed class IngestJob(IngestService ingest) : IJobKind
{
    public const string Kind = "ingest";

    /// <inheritdoc/>
    public string Name => Kind;

    /// <inheritdoc/>
    public async Task<Result<object>> RunAsync(JsonElement arguments, Action<string, double> report, CancellationToken cancellation)
    {
        var upload = arguments.Deserialize<Upload>(ApiJson.Options)!;
        var request = new IngestRequest([], upload.Source, upload.Organisation, upload.DryRun, upload.Report);
        var progress = new Steps(report);
        var outcome = await ingest.IngestObjectAsync(upload.Object, upload.Name, request, progress, cancellation).ConfigureAwait(false);
        return outcome.Problem is { } problem ? problem : outcome;
    }

    private sealed class Steps(Action<string, double> report) : IProgress<IngestProgress>
    {
        public void Report(IngestProgress value) => report(value.Step, value.Fraction);
    }
}
