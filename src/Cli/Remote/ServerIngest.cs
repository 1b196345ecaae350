using System.Globalization;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Yunnao.Kernel;
using Yunnao.Services.Ingest;
using Yunnao.Services.Jobs;
using Yunnao.Services.Web;
using Yunnao.Standards;

namespace Yunnao.Cli.Remote;

/// <summary>Loads files by a running server: each is sent and followed to its end, in the order in which later files need earlier ones.</summary>
internal sealed class ServerIngest(ServerConnection server, Registry registry)
{
    public async IAsyncEnumerable<FileOutcome> IngestAsync(IngestRequest request, IProgress<IngestProgress>? progress, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var (files, problems) = IngestService.Find(registry, request);
        foreach (var problem in problems) yield return new(problem.Where?.File ?? "", request.Source, 0, null, null, problem, 0, []);
        var (total, done) = (files.Sum(f => f.Bytes), 0L);
        for (var i = 0; i < files.Count; i++)
        {
            var (number, file, before) = (i, files[i], done);
            void Told(Job job) => progress?.Report(new(number, files.Count, file.Path, job.Step ?? "land", job.Fraction, before, total));
            yield return await LoadAsync(file, request, Told, cancellation).ConfigureAwait(false);
            done += file.Bytes;
        }

        progress?.Report(new(files.Count, files.Count, null, "done", 1, total, total));
    }

    private async Task<FileOutcome> LoadAsync(SourceFile file, IngestRequest request, Action<Job> told, CancellationToken cancellation)
    {
        var begun = TimeProvider.System.GetTimestamp();
        var loaded = await SendAsync(file, request, told, cancellation).ConfigureAwait(false);
        return loaded.Try(out var outcome, out var problem)
            ? outcome.Deserialize<FileOutcome>(ApiJson.Options)! with { File = file.Path }
            : new(file.Path, file.Mapping.Id, file.Bytes, null, null, problem with { Where = problem.Where is { } where ? where with { File = file.Path } : new(file.Path) }, TimeProvider.System.GetElapsedTime(begun).TotalSeconds, []);
    }

    private async Task<Result<JsonElement>> SendAsync(SourceFile file, IngestRequest request, Action<Job> told, CancellationToken cancellation)
    {
        try
        {
            var bytes = File.OpenRead(file.Path);
            await using (bytes.ConfigureAwait(false))
            {
                using var content = new StreamContent(bytes, 1 << 20);
                content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
                var organisation = request.Organisation is { } code ? $"&organisation={Uri.EscapeDataString(code)}" : "";
                var address = string.Create(CultureInfo.InvariantCulture, $"batches?source={Uri.EscapeDataString(file.Mapping.Id)}&name={Uri.EscapeDataString(file.Name)}{organisation}&dry_run={request.DryRun}&report={request.Report}");
                return await server.DoAsync(address, content, told, cancellation).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Problem(ProblemKind.Unavailable, "ingest.unreadable", "The file cannot be opened: it is gone, in use, or not allowed to be read.", new(file.Path));
        }
    }
}
