using Yunnao.Trust.Control;

namespace Yunnao.Services.DataServices;

/// <summary>What callers took on a day, in the control database, so that a restart gives nobody a second quota.</summary>
public sealed class UsageStore(ControlDb control)
{
    private const string Table =
        "CREATE TABLE IF NOT EXISTS data_usage (day BIGINT NOT NULL, caller VARCHAR(200) NOT NULL, requests BIGINT NOT NULL, amount BIGINT NOT NULL, PRIMARY KEY (day, caller))";

    public async Task OpenAsync(CancellationToken cancellation)
    {
        await using var connection = await control.ConnectAsync(cancellation).ConfigureAwait(false);
        await connection.ExecuteAsync(Table, cancellation).ConfigureAwait(false);
    }

    /// <summary>Requests and rows of a caller on a day (days since 0001-01-01); zero when there were none.</summary>
    public async Task<(long Requests, long Rows)> ReadAsync(int day, string caller, CancellationToken cancellation)
    {
        await using var connection = await control.ConnectAsync(cancellation).ConfigureAwait(false);
        var found = await connection.RowsAsync(
            r => (r.GetInt64(0), r.GetInt64(1)), "SELECT requests, amount FROM data_usage WHERE day = @day AND caller = @caller", cancellation,
            ("day", (long)day), ("caller", caller)).ConfigureAwait(false);
        return found.FirstOrDefault();
    }

    /// <summary>Requests and rows of all callers on a day, most requests first.</summary>
    public async Task<List<(string Caller, long Requests, long Rows)>> ReadDayAsync(int day, CancellationToken cancellation)
    {
        await using var connection = await control.ConnectAsync(cancellation).ConfigureAwait(false);
        return await connection.RowsAsync(
            r => (r.GetString(0), r.GetInt64(1), r.GetInt64(2)), "SELECT caller, requests, amount FROM data_usage WHERE day = @day ORDER BY requests DESC, caller", cancellation, ("day", (long)day)).ConfigureAwait(false);
    }

    /// <summary>Adds to what callers took on a day, and forgets days long past.</summary>
    public async Task AddAsync(int day, IReadOnlyCollection<(string Caller, long Requests, long Rows)> taken, CancellationToken cancellation)
    {
        await using var connection = await control.ConnectAsync(cancellation).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        foreach (var (caller, requests, rows) in taken)
        {
            await connection.ExecuteAsync(
                """
                INSERT INTO data_usage (day, caller, requests, amount) VALUES (@day, @caller, @requests, @rows)
                ON CONFLICT (day, caller) DO UPDATE SET requests = data_usage.requests + excluded.requests, amount = data_usage.amount + excluded.amount
                """,
                cancellation, ("day", (long)day), ("caller", caller), ("requests", requests), ("rows", rows)).ConfigureAwait(false);
        }

        await connection.ExecuteAsync("DELETE FROM data_usage WHERE day < @day", cancellation, ("day", (long)day - 40)).ConfigureAwait(false);
        await transaction.CommitAsync(cancellation).ConfigureAwait(false);
    }
}
