using System.Text.Json;
using Yunnao.Services.Web;
using Yunnao.Trust.Control;

namespace Yunnao.Services.Exports;

/// <summary>The table of standing orders in the control database: who, the caller, and the order as JSON.</summary>
public sealed class StandingStore(ControlDb control)
{
    public async Task OpenAsync(CancellationToken cancellation)
    {
        await using var connection = await control.ConnectAsync(cancellation).ConfigureAwait(false);
        await connection.ExecuteAsync("CREATE TABLE IF NOT EXISTS data_standing (id VARCHAR(26) PRIMARY KEY, who VARCHAR(200) NOT NULL, caller TEXT, body TEXT NOT NULL)", cancellation).ConfigureAwait(false);
    }

    public async Task AddAsync(StandingOrder order, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(order);
        await using var connection = await control.ConnectAsync(cancellation).ConfigureAwait(false);
        await connection.ExecuteAsync(
            "INSERT INTO data_standing (id, who, caller, body) VALUES (@id, @who, @caller, @body)", cancellation,
            ("id", order.Id), ("who", order.Who), ("caller", ExportStore.CallerText(order.Caller)), ("body", Text(order))).ConfigureAwait(false);
    }

    /// <summary>The newest first; of one recipient, or of all.</summary>
    public async Task<List<StandingOrder>> AllAsync(string? who, CancellationToken cancellation)
    {
        await using var connection = await control.ConnectAsync(cancellation).ConfigureAwait(false);
        var all = await connection.RowsAsync(
            r => JsonSerializer.Deserialize<StandingOrder>(r.GetString(1), ApiJson.Options)! with { Caller = ExportStore.CallerOf(r.IsDBNull(0) ? null : r.GetString(0)) },
            "SELECT caller, body FROM data_standing ORDER BY id DESC", cancellation).ConfigureAwait(false);
        return who is null ? all : [.. all.Where(o => o.Who == who)];
    }

    public async Task<StandingOrder?> FindAsync(string id, CancellationToken cancellation) => (await AllAsync(null, cancellation).ConfigureAwait(false)).Find(o => o.Id == id);

    /// <summary>Writes a new state; false when it was changed meanwhile.</summary>
    public async Task<bool> ChangeAsync(StandingOrder from, StandingOrder to, CancellationToken cancellation)
    {
        await using var connection = await control.ConnectAsync(cancellation).ConfigureAwait(false);
        return await connection.ExecuteAsync("UPDATE data_standing SET body = @body WHERE id = @id AND body = @before", cancellation, ("body", Text(to)), ("id", from.Id), ("before", Text(from))).ConfigureAwait(false) == 1;
    }

    public async Task RemoveAsync(string id, CancellationToken cancellation)
    {
        await using var connection = await control.ConnectAsync(cancellation).ConfigureAwait(false);
        await connection.ExecuteAsync("DELETE FROM data_standing WHERE id = @id", cancellation, ("id", id)).ConfigureAwait(false);
    }

    private static string Text(StandingOrder order) => JsonSerializer.Serialize(order, ApiJson.Options);
}
