using System.Collections.Frozen;
using DuckDB.NET.Data;
using Yunnao.Lake.DuckDb.Derived;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.DuckDb.Tables;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Batches;

/// <summary>
/// Persons who turned out to be one: the rows of a merged subject lie under the surviving one, so that nobody who reads has to know of it.
/// <c>ops.subject_merge</c> says which subject is found under which, <c>ops.subject_row</c> whose each moved row was, so that a merge that is
/// undone gives every row back.
/// </summary>
internal sealed class SubjectMerges(DuckDBConnection connection, LakeTables tables)
{
    /// <summary>Position in <c>ops.touch</c> that stands for all rows of a batch whose person is merged: they follow when the batch is committed.</summary>
    public const int AllRows = -1;

    private const string Changed = "temp.subject_changed";

    /// <summary>Which subject is found under which other, as the lake has it; empty in a lake that is older than this.</summary>
    public static FrozenDictionary<ulong, ulong> Read(DuckDBConnection connection, PhysicalCatalog catalog) => catalog.Has("ops", "subject_merge")
        ? connection.Rows(r => (Old: r.GetFieldValue<ulong>(0), New: r.GetFieldValue<ulong>(1)), "SELECT old, new FROM ops.subject_merge").ToFrozenDictionary(m => m.Old, m => m.New)
        : FrozenDictionary<ulong, ulong>.Empty;

    /// <summary>Makes the rows of earlier batches follow. Runs in the transaction of the connection.</summary>
    /// <param name="survivors">Merged subject → the one under which it is found; the whole of it.</param>
    /// <param name="own">Batches of this transaction, whose rows follow when they are committed.</param>
    /// <param name="change">Number under which changed days are noted.</param>
    /// <returns>Rows that changed hands.</returns>
    public long Follow(FrozenDictionary<ulong, ulong> survivors, BatchRange own, long change, CancellationToken cancellation)
    {
        connection.Execute("CREATE OR REPLACE TEMP TABLE subject_now (old UBIGINT, new UBIGINT)");
        using (var appender = connection.CreateAppender("subject_now"))
        {
            foreach (var (old, to) in survivors) appender.CreateRow().AppendValue(old).AppendValue(to).EndRow();
        }

        connection.Execute(
            $"""
            CREATE OR REPLACE TEMP TABLE subject_changed AS
            SELECT coalesce(n.old, b.old) AS old, n.new AS new FROM temp.subject_now n FULL JOIN ops.subject_merge b ON n.old = b.old WHERE n.new IS DISTINCT FROM b.new
            """);
        if (connection.Scalar<long>($"SELECT count(*) FROM {Changed}") == 0) return 0;
        var (catalog, moved) = (new PhysicalCatalog(connection), 0L);
        var filled = connection.Rows(r => r.GetString(0), "SELECT DISTINCT data_set FROM ops.batch_count WHERE accepted > 0 AND data_set IS NOT NULL").ToHashSet(StringComparer.Ordinal);
        var noted = connection.Rows(r => r.GetString(0), $"SELECT DISTINCT data_set FROM ops.subject_row WHERE own IN (SELECT old FROM {Changed})").ToHashSet(StringComparer.Ordinal);
        foreach (var shape in tables.Shapes.Where(s => s.DataSet.Subject is not null && filled.Contains(s.DataSet.Id)))
        {
            var places = catalog.HistoryColumns(shape) is null ? [SqlNames.Table(shape)] : (string[])[SqlNames.Table(shape), SqlNames.History(shape)];
            var back = noted.Contains(shape.DataSet.Id) ? places.Sum(p => GiveBack(shape, p, cancellation)) : 0;
            var rows = back + Take(shape, places, own, cancellation);
            if (rows == 0) continue;
            moved += rows;
            connection.Execute("UPDATE ops.data_set SET sorted = false WHERE id = $1 AND sorted", shape.DataSet.Id);
            ChangedDays.NoteSubjects(connection, shape, $"SELECT coalesce(new, old) FROM {Changed} UNION SELECT b.new FROM ops.subject_merge b JOIN {Changed} c ON c.old = b.old", change);
        }

        connection.Execute($"DELETE FROM ops.subject_row WHERE own IN (SELECT old FROM {Changed} WHERE new IS NULL)");
        connection.Execute($"DELETE FROM ops.subject_merge WHERE old IN (SELECT old FROM {Changed})");
        connection.Execute($"INSERT INTO ops.subject_merge SELECT old, new FROM {Changed} WHERE new IS NOT NULL ORDER BY old");
        return moved;
    }

    /// <summary>
    /// Notes whose the rows are that batches of the transaction bring of merged persons, and that they are to follow. The engine takes a
    /// transaction's own rows over as they were written, so it is done right after the commit (<see cref="Settle.Touches"/>).
    /// </summary>
    public void NoteOwn(TableShape shape, BatchRange own)
    {
        if (shape.DataSet.Subject is null) return;
        var batches = connection.Rows(
            r => r.GetInt32(0),
            $"SELECT DISTINCT _batch FROM {SqlNames.Table(shape)} WHERE {own.Holds()} AND _rejected IS NULL AND _subject IN (SELECT old FROM ops.subject_merge)");
        foreach (var batch in batches)
        {
            connection.Execute(
                $"""
                INSERT INTO ops.subject_row SELECT $1, _record, _batch, _org, _subject FROM {SqlNames.Table(shape)}
                WHERE _batch = $2 AND _rejected IS NULL AND _subject IN (SELECT old FROM ops.subject_merge)
                """,
                shape.DataSet.Id, batch);
            connection.Execute("INSERT INTO ops.touch VALUES ($1, $2, $3, 0, false)", shape.DataSet.Id, batch, (long)AllRows);
        }
    }

    /// <summary>Lets the rows of committed batches follow.</summary>
    public static void Apply(DuckDBConnection connection, TableShape shape, BatchRange batches, bool hasHistory)
    {
        foreach (var table in hasHistory ? (string[])[SqlNames.Table(shape), SqlNames.History(shape)] : [SqlNames.Table(shape)])
            connection.Execute($"UPDATE {table} AS t SET _subject = m.new FROM ops.subject_merge m WHERE {batches.Holds("t._batch")} AND t._subject = m.old");
    }

    /// <summary>Rows that were moved before and now belong to another subject, or to their own again.</summary>
    private long GiveBack(TableShape shape, string table, CancellationToken cancellation)
    {
        var theirs = $"(SELECT DISTINCT r.record, r.batch, coalesce(c.new, c.old) AS now FROM ops.subject_row r JOIN {Changed} c ON c.old = r.own WHERE r.data_set = {SqlNames.Literal(shape.DataSet.Id)}) s";
        const string Meets = "t._record = s.record AND t._batch = s.batch AND t._subject <> s.now";
        MovedRecords.Note(connection, shape, $"SELECT t._record, t._subject, t._org FROM {table} t, {theirs} WHERE {Meets} AND t._rejected IS NULL");
        return connection.Run($"UPDATE {table} AS t SET _subject = s.now FROM {theirs} WHERE {Meets}", [], cancellation);
    }

    /// <summary>Rows that are moved for the first time: what is moved is under a surviving subject, so what lies under a merged one is not.</summary>
    private long Take(TableShape shape, string[] places, BatchRange own, CancellationToken cancellation)
    {
        var theirs = $"t._subject = c.old AND c.new IS NOT NULL AND {own.Lacks("t._batch")}";
        var noted = places.Sum(p => connection.Run(
            $"INSERT INTO ops.subject_row SELECT {SqlNames.Literal(shape.DataSet.Id)}, t._record, t._batch, t._org, t._subject FROM {p} t, {Changed} c WHERE {theirs}{(p == places[0] ? " AND t._rejected IS NULL" : "")}",
            [],
            cancellation));
        if (noted == 0) return 0;
        MovedRecords.Note(connection, shape, string.Join(" UNION ALL ", places.Select(p => $"SELECT t._record, t._subject, t._org FROM {p} t, {Changed} c WHERE {theirs} AND t._rejected IS NULL")));
        foreach (var place in places) connection.Run($"UPDATE {place} AS t SET _subject = c.new FROM {Changed} c WHERE {theirs}", [], cancellation);
        return noted;
    }
}
