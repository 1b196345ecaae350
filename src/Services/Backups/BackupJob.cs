using System.Text.Json;
using Yunnao.Kernel;
using Yunnao.Services.Jobs;
using Yunnao.Services.Web;
using Yunnao.Trust.Audit;

namespace Yunnao.Services.Backups;

/// <summary>Makes a backup. Begun again after a kill, it finds what it had copied in the place.</summary>
public sealed class BackupJob(BackupSource source, AuditLog audit, TimeProvider time) : IJobKind
{
    public const string Kind = "backup";

    /// <inheritdoc/>
    public string Name => Kind;

    /// <inheritdoc/>
    public async Task<Result<object>> RunAsync(JsonElement arguments, Action<string, double> report, CancellationToken cancellation)
    {
        var asked = arguments.Deserialize<Asked>(ApiJson.Options)!;
        var made = await new BackupRun(source, audit, time).RunAsync(asked.Place, asked.Who, report, cancellation).ConfigureAwait(false);
        return made.Try(out var head, out var problem) ? head : problem;
    }

    /// <param name="Place">Folder of the backups.</param>
    /// <param name="Who">The caller.</param>
    internal sealed record Asked(string Place, string Who);
}
