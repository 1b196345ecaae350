using DuckDB.NET.Data;
using Yunnao.Lake.DuckDb.Batches;
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
        var select = RejudgeSql.Build(shape, _table, columns, sets, Kept);
        foreach (var create in sets.Types.Values) connection.Execute(create);
        var words = Enumerable.Range(0, shape.CheckWords).ToArray();
        var changed = string.Join(" OR ", words.Select(w => $"{SystemColumns.ChecksWord(w)} <> {RejudgeSql.OldWord(w)}"));
        var any = string.Join(" OR ", words.Select(w => $"{SystemColumns.ChecksWord(w)} <> 0"));
        var anyOld = string.Join(" OR ", words.Select(w => $"{RejudgeSql.OldWord(w)} <> 0"));
        connection.Run(
            $"CREATE OR REPLACE TEMP TABLE rejudge AS SELECT *, {changed} AS changed, {any} AS flagged, {anyOld} AS was_flagged FROM ({select}) WHERE {changed} OR {any} OR {anyOld}",
            [],
            cancellation);
        var rows = connection.Scalar<long>($"SELECT count(*) FROM {_table} WHERE _rejected IS NULL");
        var refused = Refuse(cancellation);
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

    private long Refuse(CancellationToken cancellation)
    {
        var words = string.Join(", ", Enumerable.Range(0, shape.CheckWords).Select(w => $"j.{SystemColumns.ChecksWord(w)}"));
        return connection.Run(
            $"""
            INSERT INTO ops.quarantine
            SELECT t._batch, coalesce((SELECT max(ordinal) FROM ops.quarantine q WHERE q.batch = t._batch), 0) + row_number() OVER (PARTITION BY t._batch ORDER BY t.rowid),
                $1, NULL, NULL, NULL, {QuarantineWriter.Reasons(shape, "j.")}, [{words}], t._record, j._rejected->'$.v'
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

    /// <summary>A check on values of the vault: its old bit, which stood where the version that judged the row had it.</summary>
    private string Kept(Check check)
    {
        var places = connection.Rows(
            r => (Registry: r.GetString(0), Bit: r.IsDBNull(1) ? -1 : r.GetInt32(1) - 1),
            "SELECT registry, list_position(reasons, $2)::INTEGER FROM ops.check_list WHERE data_set = $1", shape.DataSet.Id, check.Reason);
        var cases = places.GroupBy(p => p.Bit).OrderByDescending(g => g.Count()).ToList();
        if (cases.Count == 0) return "false";
        if (cases.Count == 1) return Bit(cases[0].Key);
        var byRegistry = places.Select(p => $"WHEN {Standards.Compile.Sql.Text(p.Registry)} THEN {Bit(p.Bit)}");
        return $"CASE {JudgedBy()} {string.Join(' ', byRegistry)} ELSE false END";
    }

    /// <summary>SQL of the registry that judged a row last: the newest judgement that covers its batch, else the batch's own.</summary>
    private string JudgedBy()
    {
        var id = SqlNames.Literal(shape.DataSet.Id);
        return $"""
            coalesce((SELECT arg_max(j.registry, j.judged) FROM ops.rejudged j WHERE j.data_set = {id} AND j.last_batch >= _batch),
                (SELECT any_value(b.registry) FROM ops.batch b WHERE b.number = _batch))
            """;
    }

    private static string Bit(int ordinal) =>
        ordinal < 0 ? "false" : $"(({RejudgeSql.OldWord(ordinal / 64)} >> {ordinal % 64}) & 1) = 1";
}
