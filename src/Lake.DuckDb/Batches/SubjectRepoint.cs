using DuckDB.NET.Data;
using Yunnao.Lake.DuckDb.Derived;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.DuckDb.Tables;

namespace Yunnao.Lake.DuckDb.Batches;

/// <summary>Gives rows of earlier batches another subject, in every data set about persons and its history.</summary>
/// <param name="own">Batches of this transaction, whose rows carry their right subject from the beginning.</param>
internal sealed class SubjectRepoint(DuckDBConnection connection, LakeTables tables, BatchRange own, long change)
{
    public long Run(string table, CancellationToken cancellation)
    {
        var map = $"temp.{SqlNames.Quote(table)}";
        if (connection.Scalar<long>($"SELECT count(*) FROM (SELECT 1 FROM {map} LIMIT 1)") == 0) return 0;
        var catalog = new PhysicalCatalog(connection);
        var changed = 0L;
        foreach (var shape in tables.Shapes.Where(s => s.DataSet.Subject is not null))
        {
            var current = Run(SqlNames.Table(shape), map, cancellation);
            if (current > 0)
            {
                connection.Execute("UPDATE ops.data_set SET sorted = false WHERE id = $1 AND sorted", shape.DataSet.Id);
                ChangedDays.NoteSubjects(connection, shape, $"SELECT new FROM {map}", change);
            }

            changed += current + (catalog.HistoryColumns(shape) is null ? 0 : Run(SqlNames.History(shape), map, cancellation));
        }

        // Rows that lie under another subject, because their person was merged, keep following: it is noted whose they are now.
        connection.Run($"UPDATE ops.subject_row AS r SET own = m.new FROM {map} m WHERE r.own = m.old AND (m.org IS NULL OR r.org = m.org)", [], cancellation);
        return changed;
    }

    private long Run(string table, string map, CancellationToken cancellation) => connection.Run(
        $"UPDATE {table} AS t SET _subject = m.new FROM {map} m WHERE t._subject = m.old AND (m.org IS NULL OR t._org = m.org) AND {own.Lacks("t._batch")}", [], cancellation);
}
