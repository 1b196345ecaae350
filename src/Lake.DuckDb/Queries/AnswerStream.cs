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
    private readonly CancellationToken _revoked;
    private bool _disposed;

    private AnswerStream(ConnectionPool pool, DuckDBConnection connection, DuckDBCommand command, IArrowArrayStream stream, CancellationToken revoked) =>
        (_pool, _connection, _command, _stream, _revoked) = (pool, connection, command, stream, revoked);

    /// <summary>The right to read was taken back.</summary>
    public static Problem Revoked { get; } = new(ProblemKind.Forbidden, "scope.revoked", "The right to read this was taken back while it was read.");

    /// <summary>
    /// Starts a statement that <paramref name="write"/> makes for what the transaction sees. On failure the connection is back in the pool.
    /// </summary>
    /// <param name="revoked">Ends the answer wherever it is, with <c>scope.revoked</c>.</param>
    public static Result<RowStream> Start(
        ConnectionPool pool, Func<DuckDBConnection, Result<(string Sql, IReadOnlyList<object?> Parameters)>> write, CancellationToken revoked,
        CancellationToken cancellation)
    {
        if (revoked.IsCancellationRequested) return Revoked;
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
                using var taken = revoked.Register(command.Cancel);
                var answer = new AnswerStream(pool, connection, command, command.ExecuteArrowStream(), revoked);
                return new RowStream(answer._stream.Schema, answer.Batches(cancellation), answer);
            }
        }
        catch (DuckDBException e)
        {
            problem = revoked.IsCancellationRequested ? Revoked : EngineErrors.Problem(e);
        }
        catch (OperationCanceledException) when (revoked.IsCancellationRequested)
        {
            problem = Revoked;
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
        using var third = _revoked.Register(_command.Cancel);
        while (await NextAsync(cancellation).ConfigureAwait(false) is { } batch) yield return batch;
    }

    private async ValueTask<RecordBatch?> NextAsync(CancellationToken cancellation)
    {
        if (_revoked.IsCancellationRequested) throw new QueryFailedException(Revoked);
        try
        {
            return await _stream.ReadNextRecordBatchAsync(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_revoked.IsCancellationRequested)
        {
            throw new QueryFailedException(Revoked);
        }
        catch (DuckDBException e)
        {
            throw new QueryFailedException(_revoked.IsCancellationRequested ? Revoked : EngineErrors.Problem(e));
        }
    }
}
