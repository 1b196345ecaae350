using DuckDB.NET.Data;
using Yunnao.Lake.Batches;
using Yunnao.Lake.DuckDb.Sql;

namespace Yunnao.Lake.DuckDb.Batches;

/// <summary>A transaction that brings rows of one batch into data sets: when the batch is loaded, or when rows of it leave the quarantine.</summary>
public abstract class WritingTransaction : IDisposable
{
    private protected WritingTransaction(DuckDbLake lake, DuckDBConnection connection) => (Lake, Connection) = (lake, connection);

    /// <summary>Number of the batch whose rows are brought in.</summary>
    public abstract int Number { get; }

    /// <summary>The transaction's own connection, for the temporary tables and functions that the work needs. Only the transaction ends itself.</summary>
    public DuckDBConnection Connection { get; }

    private protected DuckDbLake Lake { get; }

    private protected bool Ended { get; set; }

    /// <summary>
    /// Gives the rows of earlier batches, current and superseded, another subject, after the identity index has joined or parted persons.
    /// Rows that this transaction brings carry their right subject from the beginning.
    /// </summary>
    /// <param name="table">A temporary table on <see cref="Connection"/> with the columns <c>org</c> (VARCHAR; NULL: rows of every organisation), <c>old</c> and <c>new</c> (UBIGINT), one row an old subject.</param>
    /// <returns>Rows changed.</returns>
    public abstract long RepointSubjects(string table, CancellationToken cancellation = default);

    /// <summary>Adds records that gave no row to the quarantine of the batch; where only rows of it leave the quarantine, they are there already.</summary>
    public abstract void Quarantine(IEnumerable<RefusedRecord> records);

    /// <summary>Rolls back unless committed.</summary>
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        if (Connection.State != System.Data.ConnectionState.Open) return;
        try
        {
            if (!Ended) Connection.Execute("ROLLBACK");
        }
        catch (DuckDBException)
        {
            // The engine has ended the transaction itself; what made it do so is on its way to the caller.
        }
        finally
        {
            Ended = true;
            Connection.Dispose();
            Lake.StopWriting();
        }
    }
}
