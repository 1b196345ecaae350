using Microsoft.Extensions.Diagnostics.HealthChecks;
using Yunnao.Lake.Batches;
using Yunnao.Lake.DuckDb;
using Yunnao.Trust.Control;

namespace Yunnao.Server.Hosting;

/// <summary>Ready is who reaches the control database and the lake.</summary>
internal sealed class ReadyCheck(ControlDb control, DuckDbLake lake) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var connection = await control.ConnectAsync(cancellationToken).ConfigureAwait(false);
        await connection.DisposeAsync().ConfigureAwait(false);
        await lake.BatchesAsync(1, BatchFilter.All, cancellationToken).ConfigureAwait(false);
        return HealthCheckResult.Healthy();
    }
}
