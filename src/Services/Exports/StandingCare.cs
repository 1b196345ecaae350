using System.Data.Common;
using Microsoft.Extensions.Hosting;

namespace Yunnao.Services.Exports;

/// <summary>Looks three times a minute which standing orders are due.</summary>
public sealed class StandingCare(StandingDesk desk, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan s_every = TimeSpan.FromSeconds(20);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await desk.RunDueAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (DbException)
            {
                // The next look tries again.
            }

            await Task.Delay(s_every, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
