using System.Data.Common;
using Microsoft.Extensions.Hosting;
using Yunnao.Services.Jobs;

namespace Yunnao.Services.Upkeep;

/// <summary>Has the lake optimized once a day. A day on which the server did not run at that time is left out.</summary>
/// <param name="at">When, by the clock of the machine.</param>
public sealed class OptimizeCare(JobQueue jobs, TimeProvider time, TimeOnly at) : BackgroundService
{
    /// <summary>Who asks for it, in the list of jobs and in the audit.</summary>
    public const string Who = "server";

    private static readonly TimeSpan s_afterFailure = TimeSpan.FromMinutes(1);

    /// <summary>The first such moment after another one.</summary>
    public static DateTimeOffset Next(DateTimeOffset now, TimeOnly at, TimeZoneInfo zone)
    {
        ArgumentNullException.ThrowIfNull(zone);
        var local = TimeZoneInfo.ConvertTime(now, zone).DateTime;
        var clock = local.Date + at.ToTimeSpan();
        if (clock <= local) clock = clock.AddDays(1);
        return new(clock, zone.GetUtcOffset(clock));
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var now = time.GetUtcNow();
            await Task.Delay(Next(now, at, time.LocalTimeZone) - now, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            while (!stoppingToken.IsCancellationRequested && !await AddedAsync(stoppingToken).ConfigureAwait(false))
                await Task.Delay(s_afterFailure, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> AddedAsync(CancellationToken cancellation)
    {
        try
        {
            await jobs.AddAsync(OptimizeJob.Kind, new { }, Who, cancellation).ConfigureAwait(false);
            return true;
        }
        catch (DbException)
        {
            return false;
        }
    }
}
