using Yunnao.Kernel;
using Yunnao.Services.Ingest;

namespace Yunnao.Services.Listen;

/// <summary>
/// Loads the spool's files one by one, oldest first, each as a batch. A file is removed when its batch is committed, or is known to have
/// been: a crash in between loads nothing twice, for a file that was loaded is the same batch.
/// </summary>
internal sealed class SpoolLoader(MessageSpool spool, IngestService ingest, string source, ListenCounts counts, Action<FileOutcome> report) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _closed = new(1, 1);

    /// <summary>A file can be loaded.</summary>
    public void Wake()
    {
        if (_closed.CurrentCount == 0) _closed.Release();
    }

    /// <summary>Loads files as they come, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            await ((Task)_closed.WaitAsync(Pause, cancellation)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await DrainAsync().ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _closed.Dispose();

    /// <summary>Loads all files there are.</summary>
    public async Task DrainAsync()
    {
        foreach (var file in spool.Files)
        {
            var outcome = await LoadAsync(file).ConfigureAwait(false);
            report(outcome);
            if (outcome.Batch is { } batch) counts.AddLoaded(batch.Accepted, batch.Quarantined);

            // What will pass is tried again at the next round; what will not is kept aside for people to look at.
            if (outcome.Problem is { Kind: ProblemKind.Busy or ProblemKind.Unavailable or ProblemKind.Interrupted }) return;
            spool.Remove(file, keep: outcome.Problem is not null);
        }
    }

    private async Task<FileOutcome> LoadAsync(string file)
    {
        if (!spool.Read(file).Try(out var frames, out var problem)) return new(file, source, 0, null, null, problem, 0, []);
        await using (frames.ConfigureAwait(false)) return await ingest.IngestStreamAsync(frames, Path.GetFileName(file), new([], source), null, CancellationToken.None).ConfigureAwait(false);
    }
}
