using System.Text.Json;
using Yunnao.Kernel;
using Yunnao.Lake;
using Yunnao.Services.Ingest;
using Yunnao.Services.Jobs;
using Yunnao.Services.Web;

namespace Yunnao.Services.Fhir.Writing;

/// <summary>
/// Loads the files of an import one by one, each as a batch: what the checks refuse is in quarantine, a file that cannot be loaded is told and does not stop
/// the others. Begun again after a crash it loads nothing twice: the same bytes are the same batch.
/// </summary>
internal sealed class FhirImportJob(IngestService ingest, ILakeEngine lake) : IJobKind, IDisposable
{
    public const string Kind = "fhir-import";

    // Where a redirection leads nobody has allowed.
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(30) }) { Timeout = TimeSpan.FromHours(6) };

    /// <inheritdoc/>
    public string Name => Kind;

    /// <inheritdoc/>
    public async Task<Result<object>> RunAsync(JsonElement arguments, Action<string, double> report, CancellationToken cancellation)
    {
        var import = arguments.Deserialize<FhirImport>(ApiJson.Options)!;
        var request = new IngestRequest([], ResourceBook.Mapping, import.Organisation) { OwnOnly = true };
        var loaded = new List<FhirImport.Loaded>();
        for (var i = 0; i < import.Inputs.Count; i++)
        {
            var (input, done) = (import.Inputs[i], i);
            report("load", (double)i / import.Inputs.Count);
            var progress = new Steps(f => report("load", (done + f) / import.Inputs.Count));
            var outcome = input.Object is { } uploaded
                ? await ingest.IngestObjectAsync(uploaded, "import.ndjson", request, progress, cancellation).ConfigureAwait(false)
                : await FetchAsync(input.Url!, request, progress, cancellation).ConfigureAwait(false);
            loaded.Add(await LoadedAsync(input, outcome, cancellation).ConfigureAwait(false));
        }

        return loaded;
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<FhirImport.Loaded> LoadedAsync(FhirImport.Input input, FileOutcome outcome, CancellationToken cancellation)
    {
        if (outcome.Problem is { } problem) return new(input.Type, input.Url, null, 0, 0, problem.Code, problem.Message);
        var batch = outcome.Batch ?? (await lake.BatchAsync(outcome.AlreadyLoaded!.Value, cancellation).ConfigureAwait(false)).Value;
        return new(input.Type, input.Url, batch.Number, batch.Accepted, batch.Quarantined, null, null);
    }

    private async Task<FileOutcome> FetchAsync(string url, IngestRequest request, IProgress<IngestProgress> progress, CancellationToken cancellation)
    {
        try
        {
            using var answer = await _http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
            if (!answer.IsSuccessStatusCode) return Failed($"The address answers {(int)answer.StatusCode}.");
            var bytes = await answer.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
            await using (bytes.ConfigureAwait(false)) return await ingest.IngestStreamAsync(bytes, "import.ndjson", request, progress, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return Failed("The address cannot be reached, or broke off.");
        }

        FileOutcome Failed(Sentence why) => new(url, request.Source, 0, null, null, new(ProblemKind.Unavailable, "fhir.import-fetch", why), 0, []);
    }

    private sealed class Steps(Action<double> report) : IProgress<IngestProgress>
    {
        public void Report(IngestProgress value) => report(value.Fraction);
    }
}
