using System.Text.Json;
using Yunnao.Kernel;
using Yunnao.Lake;
using Yunnao.Lake.Objects;
using Yunnao.Services.Jobs;

namespace Yunnao.Services.Upkeep;

/// <summary>Proves the ledger against tables and objects; what is found is the outcome.</summary>
public sealed class VerifyJob(ILakeEngine lake, FileObjectStore objects) : IJobKind
{
    public const string Kind = "verify";

    /// <inheritdoc/>
    public string Name => Kind;

    /// <inheritdoc/>
    public async Task<Result<object>> RunAsync(JsonElement arguments, Action<string, double> report, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(report);
        report(Kind, 0);
        return (await lake.VerifyAsync(objects, cancellation).ConfigureAwait(false)).ToArray();
    }
}
