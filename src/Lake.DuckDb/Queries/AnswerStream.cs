using System.Runtime.CompilerServices;
using Apache.Arrow;
using DuckDB.NET.Data;
using Yunnao.Kernel;
using Yunnao.Lake.Queries;

namespace Yunnao.Lake.DuckDb.Queries;

/// <summary>The rows of a running statement; holds its connection and ends its transaction when disposed.</summary>
internal sealed class AnswerStream : IDisposable
{
    private readonly ConnectionPool _pool;
    private readonly Workers? _workers;
    private readonly ReadingConnection _connection;
    private readonly ArrowRows _stream;
    private readonly CancellationToken _revoked;
    private bool _disposed;

    private AnswerStream(ConnectionPool pool, Workers? workers, ReadingConnection connection, ArrowRows stream, CancellationToken revoked) =>
        (_pool, _workers, _connection, _stream, _revoked) = (pool, workers, connection, stream, revoked);

    /// <summary>The right to read was taken back.</summary>
    public static Problem Revoked { get; } = new(ProblemKind.Forbidden, "scope.revoked", "The right to read this was taken back while it was read.");

    /// <summary>
    /// Starts a statement that <paramref name="write"/> makes for what the transaction sees. On failure the connection is back in the pool.
    /// </summary>
    /// <param name="workers">Of wide work, which this answer is until it is disposed; null when it is a page of one person.</param>
    /// <param name="revoked">Ends the answer wherever it is, with <c>scope.revoked</c>.</param>
    public static Result<RowStream> Start(
        ConnectionPool pool, Workers? workers, Func<ReadingConnection, Result<(string Sql, IReadOnlyList<object?> Parameters)>> write, CancellationToken revoked,
        CancellationToken cancellation)
    {
        if (revoked.IsCancellationRequested) return Revoked;
        if (!pool.RentReading().Try(out var connection, out var problem)) return problem;
        workers?.Begin();
        try
        {
            connection.Run("BEGIN TRANSACTION READ ONLY");
            if (write(connection).Try(out var statement, out problem))
            {
                using var registration = cancellation.Register(connection.Cancel);
                using var taken = revoked.Register(connection.Cancel);
                var answer = new AnswerStream(pool, workers, connection, new ArrowRows(connection.Prepare(statement.Sql).Run(statement.Parameters)), revoked);
                return new RowStream(answer._stream.Schema, answer.Batches(cancellation), answer);
            }
        }
        catch (Exception e) when (ProblemOf(e, revoked) is { } refused)
        {
            problem = refused;
        }
        catch
        {
            End(pool, workers, connection);
            throw;
        }

        End(pool, workers, connection);
        return problem;
    }

    /// <summary>The problem that ended a statement; null for what is no matter of the asker: a bug, and being cancelled by the asker.</summary>
    public static Problem? ProblemOf(Exception e, CancellationToken revoked) => e switch
    {
        EngineException or DuckDBException or OperationCanceledException when revoked.IsCancellationRequested => Revoked,
        EngineException engine => EngineErrors.Problem(engine),
        DuckDBException duckDb => EngineErrors.Problem(duckDb),
        _ => null,
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _stream.Dispose();
        End(_pool, _workers, _connection);
    }

    private static void End(ConnectionPool pool, Workers? workers, ReadingConnection connection)
    {
        workers?.End();
        connection.Run("ROLLBACK");
        pool.Return(connection);
    }

    private async IAsyncEnumerable<RecordBatch> Batches(CancellationToken opened, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        using var first = opened.Register(_connection.Cancel);
        using var second = cancellation.Register(_connection.Cancel);
        using var third = _revoked.Register(_connection.Cancel);
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
        catch (EngineException e)
        {
            throw new QueryFailedException(_revoked.IsCancellationRequested ? Revoked : EngineErrors.Problem(e));
        }
    }
}
