using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using Yunnao.Lake.Queries;
using Yunnao.Services.Exports;
using Yunnao.Services.Web;
using Yunnao.Trust.Control;

namespace Yunnao.Services.DataServices.Subscriptions;

/// <summary>Subscriptions and deliveries in the control database. Times are milliseconds since 1970.</summary>
public sealed class SubscriptionStore(ControlDb control)
{
    private const string Columns = "id, who, caller, epoch, wanted, secret, batch, move, state, reason, created";
    private const string DeliveryColumns = "id, subscription, after_batch, after_move, batch, move, records, state, attempts, due, failure, created";

    public async Task OpenAsync(CancellationToken cancellation)
    {
        await using var connection = await control.ConnectAsync(cancellation).ConfigureAwait(false);
        await connection.ExecuteAsync(
            $"""
            CREATE TABLE IF NOT EXISTS data_subscription (
                id VARCHAR(26) PRIMARY KEY, who VARCHAR(200) NOT NULL, caller TEXT NOT NULL, epoch BIGINT NOT NULL, wanted TEXT NOT NULL, secret TEXT NOT NULL,
                batch BIGINT NOT NULL, move BIGINT NOT NULL, state VARCHAR(10) NOT NULL, reason VARCHAR(60), created BIGINT NOT NULL)
            """, cancellation).ConfigureAwait(false);
        await connection.ExecuteAsync(
            """
            CREATE TABLE IF NOT EXISTS data_delivery (
                id VARCHAR(26) PRIMARY KEY, subscription VARCHAR(26) NOT NULL, after_batch BIGINT NOT NULL, after_move BIGINT NOT NULL, batch BIGINT NOT NULL, move BIGINT NOT NULL,
                records BIGINT NOT NULL, state VARCHAR(10) NOT NULL, attempts INTEGER NOT NULL, due BIGINT NOT NULL, failure VARCHAR(60), created BIGINT NOT NULL)
            """, cancellation).ConfigureAwait(false);
        await connection.ExecuteAsync("CREATE INDEX IF NOT EXISTS data_delivery_due ON data_delivery (state, due)", cancellation).ConfigureAwait(false);
    }

    public async Task AddAsync(Subscription s, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(s);
        await using var connection = await control.ConnectAsync(cancellation).ConfigureAwait(false);
        await connection.ExecuteAsync(
            $"INSERT INTO data_subscription ({Columns}) VALUES (@id, @who, @caller, @epoch, @wanted, @secret, @batch, @move, @state, @reason, @created)", cancellation,
            ("id", s.Id), ("who", s.Caller.Id), ("caller", ExportStore.CallerText(s.Caller)), ("epoch", s.RightsEpoch), ("wanted", JsonSerializer.Serialize(s.Order, ApiJson.Options)),
            ("secret", Convert.ToBase64String(s.Secret)), ("batch", (long)s.Mark.Batch), ("move", s.Mark.Move), ("state", Word(s.State)), ("reason", s.Reason),
            ("created", s.Created.ToUnixTimeMilliseconds())).ConfigureAwait(false);
    }

    /// <summary>The subscriptions of a caller, or of all; the newest first.</summary>
    public async Task<List<Subscription>> ListAsync(string? who, CancellationToken cancellation)
    {
        await using var connection = await control.ConnectAsync(cancellation).ConfigureAwait(false);
        return who is null
            ? await connection.RowsAsync(Read, $"SELECT {Columns} FROM data_subscription ORDER BY id DESC", cancellation).ConfigureAwait(false)
            : await connection.RowsAsync(Read, $"SELECT {Columns} FROM data_subscription WHERE who = @who ORDER BY id DESC", cancellation, ("who", who)).ConfigureAwait(false);
    }

    public async Task<Subscription?> FindAsync(string id, CancellationToken cancellation)
    {
        await using var connection = await control.ConnectAsync(cancellation).ConfigureAwait(false);
        return (await connection.RowsAsync(Read, $"SELECT {Columns} FROM data_subscription WHERE id = @id", cancellation, ("id", id)).ConfigureAwait(false)).FirstOrDefault();
    }

    /// <summary>Writes whose rights it has, its state and its reason.</summary>
    public async Task PutStateAsync(Subscription s, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(s);
        await using var connection = await control.ConnectAsync(cancellation).ConfigureAwait(false);
        await connection.ExecuteAsync(
            "UPDATE data_subscription SET caller = @caller, epoch = @epoch, state = @state, reason = @reason WHERE id = @id", cancellation,
            ("caller", ExportStore.CallerText(s.Caller)), ("epoch", s.RightsEpoch), ("state", Word(s.State)), ("reason", s.Reason), ("id", s.Id)).ConfigureAwait(false);
    }

    /// <summary>Removes a subscription and its deliveries.</summary>
    public async Task RemoveAsync(string id, CancellationToken cancellation)
    {
        await using var connection = await control.ConnectAsync(cancellation).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        await connection.ExecuteAsync("DELETE FROM data_delivery WHERE subscription = @id", cancellation, ("id", id)).ConfigureAwait(false);
        await connection.ExecuteAsync("DELETE FROM data_subscription WHERE id = @id", cancellation, ("id", id)).ConfigureAwait(false);
        await transaction.CommitAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>The lake was looked at up to a mark; what was found becomes a delivery in the same transaction, so that nothing is told never or under two ids.</summary>
    public async Task AdvanceAsync(Subscription s, LakeMark upTo, Delivery? delivery, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(s);
        ArgumentNullException.ThrowIfNull(upTo);
        await using var connection = await control.ConnectAsync(cancellation).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        var moved = await connection.ExecuteAsync(
            "UPDATE data_subscription SET batch = @batch, move = @move WHERE id = @id AND batch = @was AND move = @wasMove", cancellation,
            ("batch", (long)upTo.Batch), ("move", upTo.Move), ("id", s.Id), ("was", (long)s.Mark.Batch), ("wasMove", s.Mark.Move)).ConfigureAwait(false);
        if (moved == 1 && delivery is { } d)
        {
            await connection.ExecuteAsync(
                $"INSERT INTO data_delivery ({DeliveryColumns}) VALUES (@id, @subscription, @afterBatch, @afterMove, @batch, @move, @records, @state, 0, @due, NULL, @created)", cancellation,
                ("id", d.Id), ("subscription", s.Id), ("afterBatch", (long)d.After.Batch), ("afterMove", d.After.Move), ("batch", (long)d.UpTo.Batch), ("move", d.UpTo.Move),
                ("records", d.Rows), ("state", Word(d.State)), ("due", d.Due.ToUnixTimeMilliseconds()), ("created", d.Created.ToUnixTimeMilliseconds())).ConfigureAwait(false);
        }

        await transaction.CommitAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Deliveries whose time has come, the oldest first.</summary>
    public async Task<List<Delivery>> DueAsync(DateTimeOffset now, int most, CancellationToken cancellation)
    {
        await using var connection = await control.ConnectAsync(cancellation).ConfigureAwait(false);
        return await connection.RowsAsync(
            ReadDelivery, $"SELECT {DeliveryColumns} FROM data_delivery WHERE state = 'waiting' AND due <= @now ORDER BY id LIMIT {most}", cancellation, ("now", now.ToUnixTimeMilliseconds())).ConfigureAwait(false);
    }

    /// <summary>Deliveries of a subscription that were not taken: those that are sent again, and those that were given up.</summary>
    public readonly record struct Unsent(long Waiting, long Dead);

    /// <summary>The deliveries that were not taken, by subscription; one that has none is not among them.</summary>
    public async Task<Dictionary<string, Unsent>> UnsentAsync(CancellationToken cancellation)
    {
        await using var connection = await control.ConnectAsync(cancellation).ConfigureAwait(false);
        var counts = await connection.RowsAsync(
            r => (Id: r.GetString(0), Waiting: r.GetString(1) == Word(DeliveryState.Waiting), Count: r.GetInt64(2)),
            "SELECT subscription, state, count(*) FROM data_delivery WHERE state IN ('waiting', 'dead') GROUP BY subscription, state", cancellation).ConfigureAwait(false);
        return counts.GroupBy(c => c.Id).ToDictionary(g => g.Key, g => new Unsent(g.Where(c => c.Waiting).Sum(c => c.Count), g.Where(c => !c.Waiting).Sum(c => c.Count)));
    }

    /// <summary>The newest deliveries of a subscription, newest first.</summary>
    public async Task<List<Delivery>> DeliveriesAsync(string subscription, int most, CancellationToken cancellation)
    {
        await using var connection = await control.ConnectAsync(cancellation).ConfigureAwait(false);
        return await connection.RowsAsync(
            ReadDelivery, $"SELECT {DeliveryColumns} FROM data_delivery WHERE subscription = @id ORDER BY id DESC LIMIT {most}", cancellation, ("id", subscription)).ConfigureAwait(false);
    }

    public async Task<Delivery?> FindDeliveryAsync(string subscription, string id, CancellationToken cancellation)
    {
        await using var connection = await control.ConnectAsync(cancellation).ConfigureAwait(false);
        return (await connection.RowsAsync(
            ReadDelivery, $"SELECT {DeliveryColumns} FROM data_delivery WHERE subscription = @subscription AND id = @id", cancellation, ("subscription", subscription), ("id", id)).ConfigureAwait(false)).FirstOrDefault();
    }

    /// <summary>Writes what became of a delivery.</summary>
    public async Task PutDeliveryAsync(Delivery d, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(d);
        await using var connection = await control.ConnectAsync(cancellation).ConfigureAwait(false);
        await connection.ExecuteAsync(
            "UPDATE data_delivery SET state = @state, attempts = @attempts, due = @due, failure = @failure WHERE id = @id", cancellation,
            ("state", Word(d.State)), ("attempts", (long)d.Attempts), ("due", d.Due.ToUnixTimeMilliseconds()), ("failure", d.Failure), ("id", d.Id)).ConfigureAwait(false);
    }

    /// <summary>Forgets deliveries that were taken before a time.</summary>
    public async Task ForgetAsync(DateTimeOffset before, CancellationToken cancellation)
    {
        await using var connection = await control.ConnectAsync(cancellation).ConfigureAwait(false);
        await connection.ExecuteAsync("DELETE FROM data_delivery WHERE state = 'delivered' AND created < @before", cancellation, ("before", before.ToUnixTimeMilliseconds())).ConfigureAwait(false);
    }

    private static string Word<T>(T state)
        where T : struct, Enum => state.ToString().ToLowerInvariant();

    private static Subscription Read(DbDataReader r) => new(
        r.GetString(0), ExportStore.CallerOf(r.GetString(2))!, r.GetInt64(3), JsonSerializer.Deserialize<SubscriptionOrder>(r.GetString(4), ApiJson.Options)!,
        Convert.FromBase64String(r.GetString(5)), Mark(r, 6), Enum.Parse<SubscriptionState>(r.GetString(8), ignoreCase: true), r.IsDBNull(9) ? null : r.GetString(9), Time(r, 10));

    private static Delivery ReadDelivery(DbDataReader r) => new(
        r.GetString(0), r.GetString(1), Mark(r, 2), Mark(r, 4), r.GetInt64(6), Enum.Parse<DeliveryState>(r.GetString(7), ignoreCase: true), Convert.ToInt32(r.GetValue(8), CultureInfo.InvariantCulture),
        Time(r, 9), r.IsDBNull(10) ? null : r.GetString(10), Time(r, 11));

    private static LakeMark Mark(DbDataReader r, int column) => new((int)r.GetInt64(column), r.GetInt64(column + 1));

    private static DateTimeOffset Time(DbDataReader r, int column) => DateTimeOffset.FromUnixTimeMilliseconds(r.GetInt64(column));
}
