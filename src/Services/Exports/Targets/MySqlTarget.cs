using System.Data.Common;
using System.IO.Pipelines;
using System.Net.Sockets;
using MySqlConnector;
using Yunnao.Kernel;
using Yunnao.Lake.Queries;
using Yunnao.Services.Pull;
using Yunnao.Standards.Compile;

namespace Yunnao.Services.Exports.Targets;

/// <summary>
/// MySQL or MariaDB (InnoDB): rows and mark in one transaction; tables are made and changed before it, since that ends one there. Rows are
/// loaded as a stream (LOAD DATA LOCAL), which makes warnings of what is wrong with a value: any warning undoes the whole.
/// </summary>
internal sealed class MySqlTarget(MySqlConnection connection) : TargetDatabase
{
    private const string Staging = "yunnao_staging";
    private const string KeyType = "varchar(64) CHARACTER SET ascii COLLATE ascii_bin";
    private const int LongestWait = 60;

    private MySqlTransaction? _transaction;

    /// <inheritdoc/>
    public override async Task<Result<TargetMark?>> BeginAsync(string table, CancellationToken cancellation)
    {
        if (!await IsAsync($"SELECT NULLIF(GET_LOCK('yunnao export {table}', {LongestWait}), 0)", cancellation).ConfigureAwait(false)) return TargetProblems.Busy(table);
        await RunAsync("SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE'", cancellation).ConfigureAwait(false);
        await RunAsync(
            $"CREATE TABLE IF NOT EXISTS {TargetMark.TableName} (table_name varchar(64) PRIMARY KEY, data_set text NOT NULL, version text NOT NULL, export text NOT NULL, shown mediumtext NOT NULL, "
            + "batch int NOT NULL, move bigint NOT NULL, sequence bigint NOT NULL, `rows` bigint NOT NULL, registry text NOT NULL, written datetime(6) NOT NULL) ENGINE = InnoDB CHARACTER SET utf8mb4 COMMENT '云脑导出的进度'",
            cancellation).ConfigureAwait(false);
        var command = Command($"SELECT data_set, version, export, shown, batch, move, sequence, `rows`, registry, written FROM {TargetMark.TableName} WHERE table_name = '{table}'");
        await using (command.ConfigureAwait(false))
        {
            var reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                if (!await reader.ReadAsync(cancellation).ConfigureAwait(false)) return (TargetMark?)null;
                return new TargetMark(
                    table, reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), new(reader.GetInt32(4), reader.GetInt64(5)), reader.GetInt64(6), reader.GetInt64(7),
                    reader.GetString(8), new(reader.GetDateTime(9), TimeSpan.Zero));
            }
        }
    }

    /// <inheritdoc/>
    public override async Task<Problem?> PrepareAsync(TargetTable table, bool known, CancellationToken cancellation)
    {
        var there = await ColumnsAsync(table.Name, cancellation).ConfigureAwait(false);
        if (there.Count == 0)
        {
            var index = table.Has(SystemColumns.Subject) ? $", KEY by_subject ({SystemColumns.Subject})" : "";
            await RunAsync(
                $"CREATE TABLE {Quote(table.Name)} ({string.Join(", ", table.Columns.Select(Definition))}, PRIMARY KEY ({SystemColumns.Record}){index}) ENGINE = InnoDB CHARACTER SET utf8mb4 COMMENT {Literal(table.Comment)}",
                cancellation).ConfigureAwait(false);
        }
        else if (!known && await IsAsync($"SELECT 1 FROM {Quote(table.Name)} LIMIT 1", cancellation).ConfigureAwait(false))
        {
            return TargetProblems.NotOurs(table.Name);
        }

        foreach (var column in there.Count == 0 ? [] : table.Columns)
        {
            if (!there.TryGetValue(column.Name, out var found)) await RunAsync($"ALTER TABLE {Quote(table.Name)} ADD COLUMN {Definition(column)}", cancellation).ConfigureAwait(false);
            else if (found is null || !(column.FitsInto(found.Type, found.Scale) || found.FitsInto(column.Type, column.Scale))) return TargetProblems.Shape(table.Name, column.Name, "of another type", $"{SqlType(column)}");
            else if (!column.FitsInto(found.Type, found.Scale)) await RunAsync($"ALTER TABLE {Quote(table.Name)} MODIFY COLUMN {Definition(column)}", cancellation).ConfigureAwait(false);
        }

        return null;
    }

    /// <inheritdoc/>
    public override async Task<Problem?> WriteAsync(TargetTable table, bool replace, long sequence, AnswerRows rows, CancellationToken cancellation)
    {
        _transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        if (replace)
        {
            await RunAsync($"DELETE FROM {Quote(table.Name)}", cancellation).ConfigureAwait(false);
            return await LoadAsync(table.Name, table.Columns.Select(c => c.Name), rows, cancellation).ConfigureAwait(false) ? null : TargetProblems.Value(table.Name);
        }

        await RunAsync($"CREATE TEMPORARY TABLE {Staging} ({string.Join(", ", table.Columns.Select(Definition))}, {ChangeRange.DeletedColumn} tinyint(1), KEY ({SystemColumns.Record})) ENGINE = InnoDB CHARACTER SET utf8mb4", cancellation).ConfigureAwait(false);
        if (!await LoadAsync(Staging, [.. table.Columns.Select(c => c.Name), ChangeRange.DeletedColumn], rows, cancellation).ConfigureAwait(false)) return TargetProblems.Value(table.Name);
        var names = string.Join(", ", table.Columns.Select(c => Quote(c.Name)));
        await RunAsync($"DELETE t FROM {Quote(table.Name)} AS t JOIN {Staging} AS s ON t.{SystemColumns.Record} = s.{SystemColumns.Record} WHERE s.{ChangeRange.DeletedColumn} = 1", cancellation).ConfigureAwait(false);
        await RunAsync(
            $"INSERT INTO {Quote(table.Name)} ({names}) SELECT {names} FROM {Staging} WHERE {ChangeRange.DeletedColumn} = 0 ON DUPLICATE KEY UPDATE {string.Join(", ", table.Columns.Select(c => $"{Quote(c.Name)} = VALUES({Quote(c.Name)})"))}",
            cancellation).ConfigureAwait(false);
        await RunAsync($"DROP TEMPORARY TABLE {Staging}", cancellation).ConfigureAwait(false);
        return null;
    }

    /// <inheritdoc/>
    public override async Task CommitAsync(TargetMark mark, CancellationToken cancellation)
    {
        _transaction ??= await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        var command = Command($"REPLACE INTO {TargetMark.TableName} VALUES (@table, @set, @version, @order, @shown, @batch, @move, @sequence, @rows, @registry, @written)");
        await using (command.ConfigureAwait(false))
        {
            foreach (var (name, value) in (ReadOnlySpan<(string, object)>)[
                ("table", mark.Table), ("set", mark.DataSet), ("version", mark.Version), ("order", mark.Order), ("shown", mark.Shown), ("batch", mark.Mark.Batch), ("move", mark.Mark.Move),
                ("sequence", mark.Sequence), ("rows", mark.Rows), ("registry", mark.Registry), ("written", mark.Written.UtcDateTime)]) command.Parameters.AddWithValue(name, value);
            await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
        }

        await _transaction.CommitAsync(cancellation).ConfigureAwait(false);
        await _transaction.DisposeAsync().ConfigureAwait(false);
        _transaction = null;
        await RunAsync($"DO RELEASE_LOCK('yunnao export {mark.Table}')", cancellation).ConfigureAwait(false);
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
        MySqlException { Number: 1148 or 3948 or 4166 } => new(ProblemKind.Unsupported, "target.local-infile", "The server does not take rows as a stream. Its administrator allows it with SET GLOBAL local_infile = 1."),
        MySqlException { Number: 1021 or 1114 or 1030 or 3 or 28 } => TargetProblems.Full,
        MySqlException { Number: 1142 or 1143 or 1227 or 1370 or 1410 } => TargetProblems.Rights,
        MySqlException { Number: 1044 or 1045 or 1049 or 1698 } => TargetProblems.Login,
        MySqlException { Number: 1205 or 1213 } => TargetProblems.Busy(TargetMark.TableName),
        MySqlException { Number: 1264 or 1265 or 1292 or 1366 or 1406 } => TargetProblems.Value(""),
        DbException => DatabaseFeed.State(exception) is { Length: > 0 } state && !state.StartsWith("08", StringComparison.Ordinal) && Number(exception) is not (1053 or 1152 or 1184 or 2006 or 2013)
            ? TargetProblems.Refused($"SQLSTATE {state}")
            : TargetProblems.Lost,
        SocketException or IOException or TimeoutException => TargetProblems.Lost,
        ArgumentException => TargetProblems.Connection,
        _ => null,
    };

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => connection.DisposeAsync();

    private static int Number(Exception exception) => exception is MySqlException known ? known.Number : 0;

    /// <summary>Loads all rows into a table; false when the server did not take each as it is.</summary>
    private async Task<bool> LoadAsync(string table, IEnumerable<string> columns, AnswerRows rows, CancellationToken cancellation)
    {
        var pipe = new Pipe();
        var filling = Task.Run(() => FillAsync(rows, pipe.Writer, cancellation), CancellationToken.None);
        var input = pipe.Reader.AsStream();
        await using (input.ConfigureAwait(false))
        {
            var loader = new MySqlBulkLoader(connection)
            {
                TableName = Quote(table), SourceStream = input, Local = true, CharacterSet = "utf8mb4", FieldTerminator = "\t", LineTerminator = "\n", EscapeCharacter = '\\', FieldQuotationCharacter = '\0',
                ConflictOption = MySqlBulkLoaderConflictOption.None,
            };
            loader.Columns.AddRange(columns.Select(Quote));
            var loaded = await loader.LoadAsync(cancellation).ConfigureAwait(false);
            await filling.ConfigureAwait(false);
            return loaded == rows.Count && !await IsAsync("SELECT NULLIF(@@warning_count, 0)", cancellation).ConfigureAwait(false);
        }
    }

    private static async Task FillAsync(AnswerRows rows, PipeWriter writer, CancellationToken cancellation)
    {
        try
        {
            await foreach (var block in rows.BlocksAsync(new TabRows(), cancellation).ConfigureAwait(false))
            {
                if ((await writer.WriteAsync(block.Written, cancellation).ConfigureAwait(false)).IsCompleted) return;
            }

            await writer.CompleteAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            await writer.CompleteAsync(e).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The columns that the table has; null for one of a type that is not ours.</summary>
    private async Task<Dictionary<string, TargetColumn?>> ColumnsAsync(string table, CancellationToken cancellation)
    {
        var columns = new Dictionary<string, TargetColumn?>(StringComparer.OrdinalIgnoreCase);
        var command = Command($"SELECT column_name, data_type, coalesce(numeric_scale, 0), column_type FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = '{table}'");
        await using (command.ConfigureAwait(false))
        {
            var reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellation).ConfigureAwait(false))
                    columns[reader.GetString(0)] = TypeOf(reader.GetString(1)) is { } type ? new(reader.GetString(0), type, type == TargetType.Decimal ? Convert.ToInt32(reader.GetValue(2), System.Globalization.CultureInfo.InvariantCulture) : 0, "") : null;
            }
        }

        return columns;
    }

    private static TargetType? TypeOf(string type) => type switch
    {
        "varchar" => TargetType.Key,
        "longtext" => TargetType.Text,
        "tinyint" => TargetType.Boolean,
        "int" => TargetType.Integer,
        "bigint" => TargetType.Long,
        "decimal" => TargetType.Decimal,
        "double" => TargetType.Double,
        "date" => TargetType.Date,
        "datetime" => TargetType.Timestamp,
        "time" => TargetType.Time,
        _ => null,
    };

    private static string SqlType(TargetColumn column) => column.Type switch
    {
        TargetType.Key => KeyType,
        TargetType.Text => "longtext",
        TargetType.Boolean => "tinyint(1)",
        TargetType.Integer => "int",
        TargetType.Long => "bigint",
        TargetType.Decimal => $"decimal(18,{column.Scale})",
        TargetType.Double => "double",
        TargetType.Date => "date",
        TargetType.Timestamp => "datetime(6)",
        TargetType.Time => "time(6)",
        _ => throw new ArgumentOutOfRangeException(nameof(column)),
    };

    private static string Definition(TargetColumn column) => $"{Quote(column.Name)} {SqlType(column)} COMMENT {Literal(column.Comment)}";

    private static string Quote(string name) => $"`{name.Replace("`", "``", StringComparison.Ordinal)}`";

    private static string Literal(string text) => $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)}'";

    private MySqlCommand Command(string sql) => new(sql, connection, _transaction);

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
