using Apache.Arrow;
using Yunnao.Kernel;
using Yunnao.Lake.Queries;

namespace Yunnao.Lake.DuckDb.Queries;

/// <summary>
/// A short answer, read to its end before it is given: by one thread, in the statement's own transaction, and with the connection free again for the next
/// page while this one is audited and written.
/// </summary>
internal sealed class WholeAnswer : IDisposable
{
    private readonly Queue<RecordBatch> _batches = new();

    private WholeAnswer()
    {
    }

    /// <summary>Runs statements that need no transaction around them, one after another until there are as many rows as are wanted, and reads the first of their rows. Problems: as of <see cref="AnswerStream.Start"/>.</summary>
    /// <param name="statements">One or more, of the same columns.</param>
    /// <param name="revoked">Ends the answer wherever it is, with <c>scope.revoked</c>.</param>
    public static Result<RowStream> Read(ConnectionPool pool, IEnumerable<(string Sql, IReadOnlyList<object?> Parameters)> statements, long most, CancellationToken revoked, CancellationToken cancellation)
    {
        if (revoked.IsCancellationRequested) return AnswerStream.Revoked;
        if (!pool.RentReading().Try(out var connection, out var problem)) return problem;
        var (answer, whole) = (new WholeAnswer(), false);
        try
        {
            using var registration = cancellation.Register(connection.Cancel);
            using var taken = revoked.Register(connection.Cancel);
            Schema? schema = null;
            var ended = true;
            foreach (var (sql, parameters) in statements)
            {
                using var rows = new ArrowRows(connection.Prepare(sql).Run(parameters), most);
                for (; rows.ReadNext() is { } batch; most -= batch.Length) answer._batches.Enqueue(batch);
                (schema, ended) = (rows.Schema, rows.Ends());
                if (most <= 0 || revoked.IsCancellationRequested) break;
            }

            // A statement of which rows are left runs on, with its transaction, until the connection is given another one.
            if (!ended) connection.Run("SELECT 1");
            whole = !revoked.IsCancellationRequested;
            return whole ? new RowStream(schema!, answer.Each(), answer) : AnswerStream.Revoked;
        }
        catch (Exception e) when (AnswerStream.ProblemOf(e, revoked) is { } refused)
        {
            return refused;
        }
        finally
        {
            if (!whole) answer.Dispose();
            pool.Return(connection);
        }
    }

    /// <summary>An answer that is there.</summary>
    public static RowStream Of(Schema schema, IEnumerable<RecordBatch> rows)
    {
        var answer = new WholeAnswer();
        foreach (var batch in rows) answer._batches.Enqueue(batch);
        return new RowStream(schema, answer.Each(), answer);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        while (_batches.TryDequeue(out var batch)) batch.Dispose();
    }

    private async IAsyncEnumerable<RecordBatch> Each()
    {
        await Task.CompletedTask.ConfigureAwait(false);
        while (_batches.TryDequeue(out var batch)) yield return batch;
    }
}
