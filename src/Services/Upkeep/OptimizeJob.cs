using System.Text.Json;
using Yunnao.Kernel;
using Yunnao.Lake;
using Yunnao.Services.Jobs;

namespace Yunnao.Services.Upkeep;

/// <summary>Clusters every data set that changed.</summary>
public sealed class OptimizeJob(ILakeEngine lake) : IJobKind
{
    public const string Kind = "optimize";

    /// <inheritdoc/>
    public string Name => Kind;

    /// <inheritdoc/>
    public async Task<Result<object>> RunAsync(JsonElement arguments, Action<string, double> report, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(report);
        report(Kind, 0);
        var optimized = await lake.OptimizeAsync(cancellation).ConfigureAwait(false);
        return optimized.Try(out var reports, out var problem) ? reports.ToArray() : problem;
    }
}
