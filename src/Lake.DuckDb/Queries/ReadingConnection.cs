using DuckDB.NET.Data;
using static DuckDB.NET.Native.NativeMethods;

namespace Yunnao.Lake.DuckDb.Queries;

/// <summary>A connection for answers, with the statements that were prepared on it. Used by one answer at a time.</summary>
internal sealed class ReadingConnection(DuckDBConnection connection) : IDisposable
{
    private const int MostKept = 100;

    private readonly Dictionary<string, PreparedStatement> _kept = new(StringComparer.Ordinal);

    public DuckDBConnection Connection => connection;

    /// <summary>
    /// The statement of a text, prepared now or before. The engine plans one with parameters each time that it runs; of one without, it would keep the plan with what it
    /// knew of the tables when it was made (of an empty one, that it has no rows), also after rows have come: so that is prepared anew.
    /// </summary>
    public PreparedStatement Prepare(string sql)
    {
        if (_kept.Remove(sql, out var known))
        {
            if (known.HasParameters) return _kept[sql] = known;
            known.Dispose();
        }

        if (_kept.Count >= MostKept) Forget();
        return _kept[sql] = new PreparedStatement(connection.NativeConnection, sql);
    }

    /// <summary>Runs a statement that has neither parameters nor rows of interest; true when it gives any row.</summary>
    public bool Run(string sql)
    {
        var result = Prepare(sql).Run([]);
        try
        {
            using var chunk = Query.DuckDBFetchChunk(result);
            return !chunk.IsInvalid && DataChunks.DuckDBDataChunkGetSize(chunk) > 0;
        }
        finally
        {
            result.Close();
        }
    }

    /// <summary>Stops what runs.</summary>
    public void Cancel() => connection.NativeConnection.Interrupt();

    /// <inheritdoc/>
    public void Dispose()
    {
        // Before the connection: a statement keeps it, and so the file, open.
        Forget();
        connection.Dispose();
    }

    private void Forget()
    {
        foreach (var statement in _kept.Values) statement.Dispose();
        _kept.Clear();
    }
}
