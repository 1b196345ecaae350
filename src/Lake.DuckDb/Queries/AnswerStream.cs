using System.Runtime.CompilerServices;
using Apache.Arrow;
using Apache.Arrow.Ipc;
using DuckDB.NET.Data;
using Yunnao.Kernel;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.Queries;

namespace Yunnao.Lake.DuckDb.Queries;

/// <summary>The rows of a running statement; holds its connection and ends its transaction when disposed.</summary>
internal sealed class AnswerStream : IDisposable
{
    private readonly ConnectionPool _pool;
    private readonly DuckDBConnection _connection;
    private readonly DuckDBCommand _command;
    private readonly IArrowArrayStream _stream;
    private bool _disposed;

    private AnswerStream(ConnectionPool pool, DuckDBConnection connection, DuckDBCommand command, IArrowArrayStream stream) =>
        (_pool, _connection, _command, _stream) = (pool, connection, command, stream);

    /// <summary>
    /// Starts a statement that <paramref name="write"/> makes for what the transaction sees. On failure the connection is back in the pool.
    /// </summary>
    public static Result<RowStream> Start(
        ConnectionPool pool, Func<DuckDBConnection, Result<(string Sql, IReadOnlyList<object?> Parameters)>> write, CancellationToken cancellation)
    {
        if (!pool.Rent().Try(out var connection, out var problem)) return problem;
        DuckDBCommand? command = null;
        try
        {
            connection.Execute("BEGIN TRANSACTION READ ONLY");
            if (write(connection).Try(out var statement, out problem))
            {
                command = connection.Command(statement.Sql, [.. statement.Parameters]);
                command.UseStreamingMode = true;
                using var registration = cancellation.Register(command.Cancel);
                var answer = new AnswerStream(pool, connection, command, command.ExecuteArrowStream());
                return new RowStream(answer._stream.Schema, answer.Batches(cancellation), answer);
            }
        }
        catch (DuckDBException e)
        {
            problem = EngineErrors.Problem(e);
        }

        command?.Dispose();
        End(pool, connection);
        return problem;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _stream.Dispose();
        _command.Dispose();
        End(_pool, _connection);
    }

    private static void End(ConnectionPool pool, DuckDBConnection connection)
    {
        connection.Execute("ROLLBACK");
        pool.Return(connection);
    }

    private async IAsyncEnumerable<RecordBatch> Batches(CancellationToken opened, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        using var first = opened.Register(_command.Cancel);
        using var second = cancellation.Register(_command.Cancel);
        while (await NextAsync(cancellation).ConfigureAwait(false) is { } batch) yield return batch;
    }

    private async ValueTask<RecordBatch?> NextAsync(CancellationToken cancellation)
    {
        try
        {
            return await _stream.ReadNextRecordBatchAsync(cancellation).ConfigureAwait(false);
        }
        catch (DuckDBException e)
        {
            throw new QueryFailedException(EngineErrors.Problem(e));
        }
    }
}
