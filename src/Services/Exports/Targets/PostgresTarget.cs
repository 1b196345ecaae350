using System.Data.Common;
using System.Globalization;
using System.Net.Sockets;
using Npgsql;
using Yunnao.Kernel;
using Yunnao.Lake.Queries;
using Yunnao.Services.Pull;
using Yunnao.Standards.Compile;

namespace Yunnao.Services.Exports.Targets;

/// <summary>
/// PostgreSQL: everything of a data set in one transaction, its table and its mark included. What replaces all is copied into the table itself,
/// changes by way of a temporary table.
/// </summary>
internal sealed class PostgresTarget(NpgsqlConnection connection, string schema) : TargetDatabase
{
    private const string Staging = "yunnao_staging";

    /// <summary>Memory of the server for the making of a key or an index, while one is made.</summary>
    private const string SortMemory = "256MB";

    private NpgsqlTransaction? _transaction;
    private Dictionary<string, (TargetType Type, int Scale)> _there = [];

    /// <inheritdoc/>
    public override async Task<Result<TargetMark?>> BeginAsync(string table, CancellationToken cancellation)
    {
        // A server that holds rows of ours when we are killed notices within seconds, and lets them go.
        await RunAsync("SELECT set_config(name, '2000', false) FROM pg_settings WHERE name = 'client_connection_check_interval'; SET client_min_messages = warning", cancellation).ConfigureAwait(false);
        _transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        await RunAsync($"SET LOCAL lock_timeout = '60s'; SELECT pg_advisory_xact_lock(hashtext('yunnao export'), hashtext({Literal(schema + "." + table)}))", cancellation).ConfigureAwait(false);
        if (!await IsAsync($"SELECT 1 FROM pg_namespace WHERE nspname = {Literal(schema)}", cancellation).ConfigureAwait(false)) await RunAsync($"CREATE SCHEMA {Quote(schema)}", cancellation).ConfigureAwait(false);
        if (!await IsAsync($"SELECT to_regclass({Literal(Full(TargetMark.TableName))})::text", cancellation).ConfigureAwait(false))
        {
            await RunAsync(
                $"CREATE TABLE {Full(TargetMark.TableName)} (table_name text PRIMARY KEY, data_set text NOT NULL, version text NOT NULL, export text NOT NULL, shown text NOT NULL, "
                + "batch integer NOT NULL, move bigint NOT NULL, sequence bigint NOT NULL, rows bigint NOT NULL, registry text NOT NULL, written timestamptz NOT NULL); "
                + $"COMMENT ON TABLE {Full(TargetMark.TableName)} IS '云脑导出的进度'", cancellation).ConfigureAwait(false);
        }

        var command = Command($"SELECT data_set, version, export, shown, batch, move, sequence, rows, registry, written FROM {Full(TargetMark.TableName)} WHERE table_name = {Literal(table)} FOR UPDATE");
        await using (command.ConfigureAwait(false))
        {
            var reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                if (!await reader.ReadAsync(cancellation).ConfigureAwait(false)) return (TargetMark?)null;
                return new TargetMark(
                    table, reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), new(reader.GetInt32(4), reader.GetInt64(5)), reader.GetInt64(6), reader.GetInt64(7),
                    reader.GetString(8), reader.GetFieldValue<DateTimeOffset>(9));
            }
        }
    }

    /// <inheritdoc/>
    public override async Task<Problem?> PrepareAsync(TargetTable table, bool known, CancellationToken cancellation)
    {
        _there = await ColumnsAsync(table.Name, cancellation).ConfigureAwait(false);
        if (_there.Count == 0)
        {
            await RunAsync($"CREATE TABLE {Full(table.Name)} ({string.Join(", ", table.Columns.Select(c => $"{Quote(c.Name)} {SqlType(c)}{(c.Name == SystemColumns.Record ? " NOT NULL" : "")}"))}); COMMENT ON TABLE {Full(table.Name)} IS {Literal(table.Comment)}", cancellation).ConfigureAwait(false);
        }
        else if (!known && await IsAsync($"SELECT 1 FROM {Full(table.Name)} LIMIT 1", cancellation).ConfigureAwait(false))
        {
            return TargetProblems.NotOurs(table.Name);
        }

        foreach (var column in table.Columns)
        {
            var found = _there.TryGetValue(column.Name, out var there);

            // A key of an earlier time, or of somebody else's making, is compared as a language has it: it would not be found by ours.
            if (found && column.FitsInto(there.Type, there.Scale) && (column.Type, there.Type) != (TargetType.Key, TargetType.Text)) continue;
            if (!found && _there.Count > 0) await RunAsync($"ALTER TABLE {Full(table.Name)} ADD COLUMN {Quote(column.Name)} {SqlType(column)}", cancellation).ConfigureAwait(false);
            if (found)
            {
                if (!Fits(there, column)) return TargetProblems.Shape(table.Name, column.Name, $"{there.Type.ToString().ToLowerInvariant()}", $"{SqlType(column)}");
                await RunAsync($"ALTER TABLE {Full(table.Name)} ALTER COLUMN {Quote(column.Name)} TYPE {SqlType(column)}", cancellation).ConfigureAwait(false);
                _there[column.Name] = (column.Type, column.Scale);
            }

            await RunAsync($"COMMENT ON COLUMN {Full(table.Name)}.{Quote(column.Name)} IS {Literal(column.Comment)}", cancellation).ConfigureAwait(false);
        }

        return _there.Count == 0 || await HasKeyAsync(table, cancellation).ConfigureAwait(false)
            ? null
            : TargetProblems.Shape(table.Name, SystemColumns.Record, "no primary key", "the primary key");
    }

    /// <inheritdoc/>
    public override async Task<Problem?> WriteAsync(TargetTable table, bool replace, long sequence, AnswerRows rows, CancellationToken cancellation)
    {
        var names = string.Join(", ", table.Columns.Select(c => Quote(c.Name)));
        var made = _there.Count == 0;
        if (replace && !made) await RunAsync($"TRUNCATE {Full(table.Name)}", cancellation).ConfigureAwait(false);
        if (replace && table.Columns.All(c => !_there.TryGetValue(c.Name, out var there) || there == (c.Type, c.Scale)))
        {
            await CopyAsync($"COPY {Full(table.Name)} ({names}) FROM STDIN (FORMAT BINARY, FREEZE)", rows, cancellation).ConfigureAwait(false);
        }
        else
        {
            var typed = table.Columns.Select(c => $"{Quote(c.Name)} {SqlType(c)}").Concat(rows.TellsDeletions ? [$"{ChangeRange.DeletedColumn} boolean"] : []);
            await RunAsync($"CREATE TEMPORARY TABLE {Staging} ({string.Join(", ", typed)}) ON COMMIT DROP", cancellation).ConfigureAwait(false);
            await CopyAsync($"COPY {Staging} FROM STDIN (FORMAT BINARY)", rows, cancellation).ConfigureAwait(false);
            await MergeAsync(table, names, rows.TellsDeletions, cancellation).ConfigureAwait(false);
        }

        if (!made) return null;
        await RunAsync($"SELECT set_config('maintenance_work_mem', '{SortMemory}', true) WHERE pg_size_bytes(current_setting('maintenance_work_mem')) < pg_size_bytes('{SortMemory}')", cancellation).ConfigureAwait(false);
        await RunAsync($"ALTER TABLE {Full(table.Name)} ADD PRIMARY KEY ({SystemColumns.Record}){(table.Has(SystemColumns.Subject) ? $"; CREATE INDEX ON {Full(table.Name)} ({SystemColumns.Subject})" : "")}", cancellation).ConfigureAwait(false);
        return null;
    }

    /// <inheritdoc/>
    public override async Task CommitAsync(TargetMark mark, CancellationToken cancellation)
    {
        var command = Command(
            $"INSERT INTO {Full(TargetMark.TableName)} VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (table_name) DO UPDATE SET data_set = excluded.data_set, version = excluded.version, "
            + "export = excluded.export, shown = excluded.shown, batch = excluded.batch, move = excluded.move, sequence = excluded.sequence, rows = excluded.rows, registry = excluded.registry, written = excluded.written");
        await using (command.ConfigureAwait(false))
        {
            foreach (var value in (object[])[mark.Table, mark.DataSet, mark.Version, mark.Order, mark.Shown, mark.Mark.Batch, mark.Mark.Move, mark.Sequence, mark.Rows, mark.Registry, mark.Written.ToUniversalTime()])
                command.Parameters.Add(new() { Value = value });
            await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
        }

        await _transaction!.CommitAsync(cancellation).ConfigureAwait(false);
        await _transaction.DisposeAsync().ConfigureAwait(false);
        _transaction = null;
    }

    /// <inheritdoc/>
    public override async Task AbandonAsync()
    {
        if (_transaction is null) return;
        try
        {
            await _transaction.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is DbException or IOException or InvalidOperationException)
        {
            // The connection is gone, and the transaction with it.
        }

        _transaction = null;
    }

    /// <inheritdoc/>
    public override Problem? Explain(Exception exception) => exception switch
    {
        DbException => OfState(DatabaseFeed.State(exception)),
        SocketException or IOException or TimeoutException => TargetProblems.Lost,
        ArgumentException => TargetProblems.Connection,
        _ => null,
    };

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => connection.DisposeAsync();

    private static Problem OfState(string state) => state switch
    {
        "28000" or "28P01" or "3D000" => TargetProblems.Login,
        "42501" => TargetProblems.Rights,
        "53100" or "54000" => TargetProblems.Full,
        "55P03" => TargetProblems.Busy(TargetMark.TableName),
        "22021" or "22008" or "22003" => TargetProblems.Value(""),
        "23502" => TargetProblems.Shape("", "", "needed", "empty where an export has no value"),
        "" => TargetProblems.Lost,
        _ when state.StartsWith("08", StringComparison.Ordinal) || state.StartsWith("57P", StringComparison.Ordinal) => TargetProblems.Lost,
        _ => TargetProblems.Refused($"SQLSTATE {state}"),
    };

    private async Task CopyAsync(string sql, AnswerRows rows, CancellationToken cancellation)
    {
        var stream = await connection.BeginRawBinaryCopyAsync(sql, cancellation).ConfigureAwait(false);
        try
        {
            await foreach (var block in rows.BlocksAsync(new PostgresRows(), cancellation).ConfigureAwait(false)) await stream.WriteAsync(block.Written, cancellation).ConfigureAwait(false);
        }
        catch
        {
            await CancelAsync(stream).ConfigureAwait(false);
            throw;
        }

        await stream.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Ends a copy without its rows; the server may have ended it already.</summary>
    private async Task CancelAsync(NpgsqlRawCopyStream stream)
    {
        // The driver fails to end a copy over a connection that is gone.
        if (connection.State != System.Data.ConnectionState.Open) return;
        try
        {
            await stream.CancelAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is DbException or IOException or InvalidOperationException or NullReferenceException)
        {
            // What ended it first is what is told; the driver forgets its own connection when that is lost meanwhile.
        }
    }

    private async Task MergeAsync(TargetTable table, string names, bool deletions, CancellationToken cancellation)
    {
        var (target, wanted) = (Full(table.Name), deletions ? $" WHERE NOT {ChangeRange.DeletedColumn}" : "");
        var set = string.Join(", ", table.Columns.Where(c => c.Name != SystemColumns.Record).Select(c => $"{Quote(c.Name)} = excluded.{Quote(c.Name)}"));
        await RunAsync($"ANALYZE {Staging}", cancellation).ConfigureAwait(false);
        if (deletions) await RunAsync($"DELETE FROM {target} AS t USING {Staging} AS s WHERE s.{ChangeRange.DeletedColumn} AND t.{SystemColumns.Record} = s.{SystemColumns.Record}", cancellation).ConfigureAwait(false);
        await RunAsync($"INSERT INTO {target} ({names}) SELECT {names} FROM {Staging}{wanted} ON CONFLICT ({SystemColumns.Record}) DO UPDATE SET {set}", cancellation).ConfigureAwait(false);
    }

    /// <summary>The columns that the table has, of types of ours; empty when there is no table.</summary>
    private async Task<Dictionary<string, (TargetType Type, int Scale)>> ColumnsAsync(string table, CancellationToken cancellation)
    {
        var columns = new Dictionary<string, (TargetType, int)>(StringComparer.Ordinal);
        var command = Command($"SELECT attname, format_type(atttypid, atttypmod), coalesce(collname = 'C', false) FROM pg_attribute LEFT JOIN pg_collation c ON c.oid = attcollation WHERE attrelid = to_regclass({Literal(Full(table))}) AND attnum > 0 AND NOT attisdropped");
        await using (command.ConfigureAwait(false))
        {
            var reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellation).ConfigureAwait(false)) columns[reader.GetString(0)] = TypeOf(reader.GetString(1), reader.GetBoolean(2));
            }
        }

        return columns;
    }

    private Task<bool> HasKeyAsync(TargetTable table, CancellationToken cancellation) => IsAsync(
        $"SELECT 1 FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] WHERE i.indrelid = to_regclass({Literal(Full(table.Name))}) "
        + $"AND i.indisunique AND i.indnkeyatts = 1 AND a.attname = {Literal(SystemColumns.Record)}", cancellation);

    private static bool Fits((TargetType Type, int Scale) there, TargetColumn column) =>
        there.Type != UnknownType && new TargetColumn(column.Name, there.Type, there.Scale, "").FitsInto(column.Type, column.Scale);

    private const TargetType UnknownType = (TargetType)(-1);

    private static (TargetType Type, int Scale) TypeOf(string type, bool byBytes) => type switch
    {
        "text" when byBytes => (TargetType.Key, 0),
        "text" => (TargetType.Text, 0),
        "boolean" => (TargetType.Boolean, 0),
        "integer" => (TargetType.Integer, 0),
        "bigint" => (TargetType.Long, 0),
        "double precision" => (TargetType.Double, 0),
        "date" => (TargetType.Date, 0),
        "timestamp without time zone" => (TargetType.Timestamp, 0),
        "time without time zone" => (TargetType.Time, 0),
        _ when type.StartsWith("numeric(18,", StringComparison.Ordinal) => (TargetType.Decimal, int.Parse(type.AsSpan(11, type.Length - 12), CultureInfo.InvariantCulture)),
        _ => (UnknownType, 0),
    };

    private static string SqlType(TargetColumn column) => column.Type switch
    {
        // By its bytes: it is sorted and compared several times faster than by the rules of a language.
        TargetType.Key => "text COLLATE \"C\"",
        TargetType.Text => "text",
        TargetType.Boolean => "boolean",
        TargetType.Integer => "integer",
        TargetType.Long => "bigint",
        TargetType.Decimal => $"numeric(18,{column.Scale})",
        TargetType.Double => "double precision",
        TargetType.Date => "date",
        TargetType.Timestamp => "timestamp",
        TargetType.Time => "time",
        _ => throw new ArgumentOutOfRangeException(nameof(column)),
    };

    private string Full(string table) => $"{Quote(schema)}.{Quote(table)}";

    private static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private NpgsqlCommand Command(string sql) => new(sql, connection, _transaction);

    private async Task RunAsync(string sql, CancellationToken cancellation)
    {
        var command = Command(sql);
        await using (command.ConfigureAwait(false)) await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }

    private async Task<bool> IsAsync(string sql, CancellationToken cancellation)
    {
        var command = Command(sql);
        await using (command.ConfigureAwait(false)) return await command.ExecuteScalarAsync(cancellation).ConfigureAwait(false) is not (null or DBNull);
    }
}
