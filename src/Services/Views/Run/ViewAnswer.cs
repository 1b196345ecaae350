using System.Runtime.CompilerServices;
using Apache.Arrow;
using Apache.Arrow.Ipc;
using DuckDB.NET.Data;
using Yunnao.Kernel;
using Yunnao.Lake.Queries;

namespace Yunnao.Services.Views.Run;

/// <summary>The rows of a running view; ends its statement when disposed.</summary>
internal sealed class ViewAnswer : IDisposable
{
    private readonly DuckDBCommand _command;
    private readonly IArrowArrayStream _stream;
    private readonly Func<DuckDBException, Problem> _problem;

    private ViewAnswer(DuckDBCommand command, IArrowArrayStream stream, Func<DuckDBException, Problem> problem) => (_command, _stream, _problem) = (command, stream, problem);

    /// <summary>Starts a statement. What goes wrong later is thrown as <see cref="QueryFailedException"/> while rows are read.</summary>
    public static Result<RowStream> Start(DuckDBConnection connection, string sql, Func<DuckDBException, Problem> problem, CancellationToken cancellation)
    {
        var command = connection.CreateCommand();
        try
        {
            command.CommandText = sql;
            command.UseStreamingMode = true;
            using var registration = cancellation.Register(command.Cancel);
            var answer = new ViewAnswer(command, command.ExecuteArrowStream(), problem);
            return new RowStream(answer._stream.Schema, answer.Batches(cancellation), answer);
        }
        catch (DuckDBException e)
        {
            command.Dispose();
            return problem(e);
        }
    }

    public void Dispose()
    {
        _stream.Dispose();
        _command.Dispose();
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
            throw new QueryFailedException(_problem(e));
        }
    }
}
