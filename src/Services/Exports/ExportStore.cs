using System.Data.Common;
using System.Text.Json;
using Yunnao.Services.Web;
using Yunnao.Trust.Callers;
using Yunnao.Trust.Control;

namespace Yunnao.Services.Exports;

/// <summary>The table of exports in the control database. Times are milliseconds since 1970.</summary>
public sealed class ExportStore(ControlDb control)
{
    private const string Columns = "id, who, caller, epoch, wanted, state, created, decided_by, reason, job, expires, manifest";

    /// <summary>A caller as it is kept: the type itself has a set that JSON cannot make.</summary>
    private sealed record Kept(string Id, CallerKind Kind, string[] Roles, string[] Organisations, string? Subject);

    public async Task OpenAsync(CancellationToken cancellation)
    {
        await using var connection = await control.ConnectAsync(cancellation).ConfigureAwait(false);
        await connection.ExecuteAsync(
            """
            CREATE TABLE IF NOT EXISTS data_export (
                id VARCHAR(26) PRIMARY KEY, who VARCHAR(200) NOT NULL, caller TEXT, epoch BIGINT NOT NULL, wanted TEXT NOT NULL, state VARCHAR(10) NOT NULL,
                created BIGINT NOT NULL, decided_by VARCHAR(200), reason TEXT, job VARCHAR(26), expires BIGINT, manifest TEXT)
            """, cancellation).ConfigureAwait(false);
    }

    public async Task AddAsync(Export export, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(export);
        await using var connection = await control.ConnectAsync(cancellation).ConfigureAwait(false);
        await connection.ExecuteAsync(
            $"INSERT INTO data_export ({Columns}) VALUES (@id, @who, @caller, @epoch, @wanted, @state, @created, @by, NULL, NULL, @expires, NULL)", cancellation,
            ("id", export.Id), ("who", export.Who), ("caller", CallerText(export.Caller)), ("epoch", export.RightsEpoch), ("wanted", Text(export.Order)),
            ("state", Word(export.State)), ("created", export.Created.ToUnixTimeMilliseconds()),
            ("by", export.DecidedBy), ("expires", export.Expires?.ToUnixTimeMilliseconds())).ConfigureAwait(false);
    }

    public async Task<Export?> FindAsync(string id, CancellationToken cancellation)
    {
        await using var connection = await control.ConnectAsync(cancellation).ConfigureAwait(false);
        return (await connection.RowsAsync(Read, $"SELECT {Columns} FROM data_export WHERE id = @id", cancellation, ("id", id)).ConfigureAwait(false)).FirstOrDefault();
    }

    /// <summary>The newest, newest first; of one recipient, or of all.</summary>
    public async Task<List<Export>> NewestAsync(string? who, int most, CancellationToken cancellation)
    {
        await using var connection = await control.ConnectAsync(cancellation).ConfigureAwait(false);
        return who is null
            ? await connection.RowsAsync(Read, $"SELECT {Columns} FROM data_export ORDER BY id DESC LIMIT {most}", cancellation).ConfigureAwait(false)
            : await connection.RowsAsync(Read, $"SELECT {Columns} FROM data_export WHERE who = @who ORDER BY id DESC LIMIT {most}", cancellation, ("who", who)).ConfigureAwait(false);
    }

    /// <summary>Writes the state; false when it is not in the state <paramref name="from"/> any more.</summary>
    public async Task<bool> MoveAsync(Export export, ExportState from, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(export);
        await using var connection = await control.ConnectAsync(cancellation).ConfigureAwait(false);
        return await connection.ExecuteAsync(
            "UPDATE data_export SET wanted = @wanted, state = @state, decided_by = @by, reason = @reason, job = @job, expires = @expires, manifest = @manifest WHERE id = @id AND state = @from", cancellation,
            ("wanted", Text(export.Order)), ("state", Word(export.State)), ("by", export.DecidedBy), ("reason", export.Reason), ("job", export.Job), ("expires", export.Expires?.ToUnixTimeMilliseconds()),
            ("manifest", export.Manifest is null ? null : Text(export.Manifest)), ("id", export.Id), ("from", Word(from))).ConfigureAwait(false) == 1;
    }

    /// <summary>How often a caller's rights were changed so far.</summary>
    public async Task<long> RightsEpochAsync(string caller, CancellationToken cancellation)
    {
        await using var connection = await control.ConnectAsync(cancellation).ConfigureAwait(false);
        return await connection.NumberAsync("SELECT epoch FROM rights_epoch WHERE caller = @caller", cancellation, ("caller", caller)).ConfigureAwait(false) ?? 0;
    }

    private static string Word(ExportState state) => state.ToString().ToLowerInvariant();

    private static string Text<T>(T value) => JsonSerializer.Serialize(value, ApiJson.Options);

    internal static string? CallerText(Caller? caller) =>
        caller is null ? null : Text(new Kept(caller.Id, caller.Kind, [.. caller.Roles], [.. caller.Organisations], caller.Subject?.ToString(System.Globalization.CultureInfo.InvariantCulture)));

    internal static Caller? CallerOf(string? text) => text is not null && JsonSerializer.Deserialize<Kept>(text, ApiJson.Options) is { } kept
        ? new(kept.Id, kept.Kind, kept.Roles.ToHashSet(StringComparer.Ordinal), kept.Organisations, kept.Subject is null ? null : ulong.Parse(kept.Subject, System.Globalization.CultureInfo.InvariantCulture))
        : null;

    private static Export Read(DbDataReader row) => new(
        row.GetString(0), row.GetString(1), CallerOf(TextOf(row, 2)), row.GetInt64(3), JsonSerializer.Deserialize<ExportOrder>(row.GetString(4), ApiJson.Options)!,
        Enum.Parse<ExportState>(row.GetString(5), ignoreCase: true), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(6)), TextOf(row, 7), TextOf(row, 8), TextOf(row, 9),
        row.IsDBNull(10) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(10)),
        TextOf(row, 11) is { } manifest ? JsonSerializer.Deserialize<ExportManifest>(manifest, ApiJson.Options) : null);

    private static string? TextOf(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
