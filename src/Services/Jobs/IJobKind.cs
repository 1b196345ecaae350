using System.Text.Json;
using Yunnao.Kernel;

namespace Yunnao.Services.Jobs;

/// <summary>
/// Work that jobs of one kind do. A job whose server was killed is begun again from its start, so doing it twice must be the same as
/// doing it once.
/// </summary>
public interface IJobKind
{
    /// <summary>Name of the kind, lower-case.</summary>
    string Name { get; }

    /// <summary>Does the work. Cancellation leaves nothing half done.</summary>
    /// <returns>What came out, serialisable as JSON; or the problem that stood in the way.</returns>
    Task<Result<object>> RunAsync(JsonElement arguments, Action<string, double> report, CancellationToken cancellation);
}
