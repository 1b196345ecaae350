using DuckDB.NET.Data;
using Yunnao.Lake.DuckDb.Batches;
using Yunnao.Lake.DuckDb.Derived;
using Yunnao.Lake.DuckDb.Shelves;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.DuckDb.Tables;
using Yunnao.Lake.Migration;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Migration;

/// <summary>
/// Judges the current rows of a data set by the checks of the registry in use, without loading them again: one scan computes the new bits,
/// rows that fail now go to quarantine with their reasons, the others keep their place with their new bits. The ledger counts follow, so
/// that accepted and quarantined are still received. Superseded versions stay as they were judged.
/// </summary>
internal sealed class Rejudgement(DuckDBConnection connection, TableShape shape, CodeSets sets, string registry)
{
    private const string Judged = "temp.rejudge";

    private readonly string _table = SqlNames.Table(shape);

    /// <summary>Runs inside the transaction of the connection.</summary>
    public RejudgeReport Run(DateTimeOffset now, CancellationToken cancellation)
    {
        var columns = new PhysicalCatalog(connection).Columns(shape)!.Keys.ToHashSet(StringComparer.Ordinal);
        var bits = new CheckBits(connection, shape, RejudgeSql.OldWord);
        var select = RejudgeSql.Build(shape, _table, columns, sets, bits.Failed);
        foreach (var create in sets.Types.Values) connection.Execute(create);
        var words = Enumerable.Range(0, shape.CheckWords).ToArray();
        var changed = string.Join(" OR ", words.Select(w => $"{SystemColumns.ChecksWord(w)} <> {RejudgeSql.OldWord(w)}"));
        var any = SystemColumns.AnyCheck(shape.CheckWords);
        var anyOld = string.Join(" OR ", words.Select(w => $"{RejudgeSql.OldWord(w)} <> 0"));
        connection.Run(
            $"CREATE OR REPLACE TEMP TABLE rejudge AS SELECT *, {changed} AS changed, {any} AS flagged, {anyOld} AS was_flagged FROM ({select}) WHERE {changed} OR {any} OR {anyOld}",
            [],
            cancellation);
        var rows = connection.Scalar<long>($"SELECT count(*) FROM {_table} WHERE _rejected IS NULL");
        ChangedDays.NoteDays(
            connection, shape, $"SELECT t._time::DATE AS day FROM {Judged} j JOIN {_table} t ON t.rowid = j.{RejudgeSql.RowId} WHERE j.changed OR j._rejected IS NOT NULL",
            ChangedDays.Next(connection));
        MovedRecords.Note(connection, shape, $"SELECT t._record, t._subject, t._org FROM {Judged} j JOIN {_table} t ON t.rowid = j.{RejudgeSql.RowId} WHERE j._rejected IS NOT NULL");
        ShelfFolder.Forget(connection, shape);
        var refused = Refuse(now, cancellation);
        var updates = string.Join(", ", words.Select(w => $"{SystemColumns.ChecksWord(w)} = j.{SystemColumns.ChecksWord(w)}"));
        var kept = connection.Run(
            $"UPDATE {_table} AS t SET {updates} FROM {Judged} j WHERE t.rowid = j.{RejudgeSql.RowId} AND j.changed AND j._rejected IS NULL", [], cancellation);
        var flagged = connection.Scalar<long>($"SELECT count(*) FROM {Judged} WHERE flagged AND _rejected IS NULL");
        Correct();
        connection.Run($"DELETE FROM {_table} WHERE rowid IN (SELECT {RejudgeSql.RowId} FROM {Judged} WHERE _rejected IS NOT NULL)", [], cancellation);
        var report = new RejudgeReport(shape.DataSet.Id, shape.DataSet.Version, rows, refused, flagged, kept);
        connection.Execute(
            "INSERT INTO ops.rejudged SELECT $1, $2, $3, $4, coalesce(max(number), 0), $5, $6, $7, $8 FROM ops.batch",
            report.DataSet, report.Version, registry, now.UtcDateTime, report.Rows, report.Refused, report.Flagged, report.Changed);
        connection.Execute("DROP TABLE temp.rejudge");
        return report;
    }

    private long Refuse(DateTimeOffset now, CancellationToken cancellation)
    {
        var words = string.Join(", ", Enumerable.Range(0, shape.CheckWords).Select(w => $"j.{SystemColumns.ChecksWord(w)}"));
        return connection.Run(
            $"""
            INSERT INTO ops.quarantine
            SELECT t._batch, coalesce((SELECT max(ordinal) FROM ops.quarantine q WHERE q.batch = t._batch), 0) + row_number() OVER (PARTITION BY t._batch ORDER BY t.rowid),
                $1, NULL, NULL, NULL, {QuarantineWriter.Reasons(shape, "j.")}, [{words}], t._record, j._rejected->'$.v', t._org, {QuarantineWriter.Day(shape, DateOnly.FromDateTime(now.UtcDateTime), "t.", "j.")}
            FROM {Judged} j JOIN {_table} t ON t.rowid = j.{RejudgeSql.RowId} WHERE j._rejected IS NOT NULL
            """,
            [shape.DataSet.Id],
            cancellation);
    }

    /// <summary>Takes the rows that left out of what their batches were accepted for, and counts flagged rows anew.</summary>
    private void Correct()
    {
        const string Moved = $"SELECT _batch, _org, count(*) AS n FROM {Judged} WHERE _rejected IS NOT NULL GROUP BY ALL";
        connection.Execute(
            $"""
            UPDATE ops.batch_count AS c SET accepted = c.accepted - m.refused, quarantined = c.quarantined + m.refused, flagged = c.flagged + m.flagged
            FROM (SELECT _batch, count(*) FILTER (_rejected IS NOT NULL) AS refused,
                    count(*) FILTER (flagged AND _rejected IS NULL) - count(*) FILTER (was_flagged) AS flagged
                FROM {Judged} GROUP BY 1) m
            WHERE c.batch = m._batch AND c.data_set = $1
            """,
            shape.DataSet.Id);
        connection.Execute(
            $"""
            UPDATE ops.batch AS b SET accepted = b.accepted - m.n, quarantined = b.quarantined + m.n
            FROM (SELECT _batch, sum(n) AS n FROM ({Moved}) GROUP BY 1) m WHERE b.number = m._batch
            """);
        connection.Execute(
            $"""
            UPDATE ops.batch_org AS o SET accepted = o.accepted - m.n FROM ({Moved}) m
            WHERE o.batch = m._batch AND o.data_set = $1 AND o.org IS NOT DISTINCT FROM m._org
            """,
            shape.DataSet.Id);
    }
}
