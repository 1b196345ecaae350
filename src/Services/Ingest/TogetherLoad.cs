using System.Globalization;
using Yunnao.Lake.DuckDb.Batches;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Services.Identity;
using Yunnao.Standards;
using Yunnao.Standards.Compile;

namespace Yunnao.Services.Ingest;

/// <summary>What a group of batches would bring, between the last check and the commit.</summary>
internal sealed class TogetherLoad(DuckDbBatch batch, int batches, IReadOnlyList<StagedSet> sets, Vault vault)
{
    /// <summary>Number of the first batch; the others follow it.</summary>
    public int First => batch.Number;

    /// <summary>Every row that was decoded, by its keys, data set after data set in the order of the mapping's rules.</summary>
    /// <param name="before">True when it is asked which version of each record there is already; it costs a look through the data sets.</param>
    public List<StagedRecord> Records(bool before) => before
        ? [.. sets.SelectMany(s => Records(s, HasHistory(s.Shape)))]
        : batch.OverStaged(() => sets.SelectMany(s => Records(s, history: false)).ToList());

    private List<StagedRecord> Records(StagedSet set, bool history)
    {
        var (shape, rows) = (set.Shape, set.Rows);
        var numbering = rows.Namespace is { } space ? Sql.Text(space) : CheckingSql.Organisation(shape, rows);
        var describes = shape.DataSet.Items.Any(i => i.Roles.HasFlag(Roles.Identity)) && shape.DataSet.Subject is { } person && rows.Texts.ContainsKey(person.Name);
        var subject = describes ? $"subject_of({numbering}, {rows.Texts[shape.DataSet.Subject!.Name].Sql})" : "NULL::UBIGINT";
        var staged = $"SELECT {rows.Batch} AS b, {rows.Position ?? "0"} AS n, {CheckingSql.RecordKey(shape, rows)} AS k, {CheckingSql.Organisation(shape, rows)} AS o, {subject} AS s FROM {rows.From}";

        // What these batches superseded has gone to history already.
        var sql = history
            ? $"SELECT b, n, record_text(k), o, s, coalesce(v, 0) FROM ({staged}) LEFT JOIN (SELECT _record, _superseded_by, max(_version) AS v FROM {SqlNames.History(shape)} WHERE _superseded_by >= {First} GROUP BY ALL) ON _record = k AND _superseded_by = b ORDER BY b, n"
            : $"SELECT b, n, record_text(k), o, s, 0 FROM ({staged})";
        return batch.Connection.Rows(
            r => new StagedRecord(
                r.GetInt32(0), r.GetInt64(1), shape.DataSet.Id, r.IsDBNull(2) ? null : r.GetString(2), r.IsDBNull(3) ? null : r.GetString(3),
                r.IsDBNull(4) ? null : vault.SurvivorOf(r.GetFieldValue<ulong>(4)), r.GetInt32(5)), sql);
    }

    private bool HasHistory(TableShape shape) =>
        batch.Connection.Scalar<long>("SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'history' AND table_name = $1", shape.DataSet.Id) > 0;

    /// <summary>The rows and records that would go to quarantine.</summary>
    public List<RefusedRow> Refused() => batch.Connection.Rows(
        r => new RefusedRow(r.GetInt32(0), r.GetInt64(1), r.IsDBNull(2) ? null : r.GetString(2), r.GetFieldValue<List<string>>(3)),
        string.Create(CultureInfo.InvariantCulture, $"SELECT batch, coalesce(record_number, 0), data_set, reasons FROM ops.quarantine WHERE batch >= {First} AND batch < {First + batches} ORDER BY batch, ordinal"));
}
