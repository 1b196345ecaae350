using System.Data.Common;
using Microsoft.Extensions.Hosting;

namespace Yunnao.Services.Exports;

/// <summary>Removes the files of exports whose time is over; at the start, queues what was approved and not queued.</summary>
public sealed class ExportCare(ExportStore store, ExportDesk desk, ExportFolder folder, TimeProvider time) : BackgroundService
{
    private const int MostLookedAt = 10_000;

    private static readonly TimeSpan s_every = TimeSpan.FromMinutes(1);

    /// <summary>Removes what is over now.</summary>
    public async Task TidyAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        foreach (var export in await store.NewestAsync(null, MostLookedAt, cancellation).ConfigureAwait(false))
        {
            if (export.State is not (ExportState.Done or ExportState.Failed) || export.Expires > now) continue;
            if (Directory.Exists(folder.Of(export.Id))) Directory.Delete(folder.Of(export.Id), recursive: true);
            await store.MoveAsync(export with { State = ExportState.Expired }, export.State, cancellation).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var begun = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!begun) await desk.QueueForgottenAsync(stoppingToken).ConfigureAwait(false);
                begun = true;
                await TidyAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is DbException or IOException)
            {
                // The next minute tries again.
            }

            await Task.Delay(s_every, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
