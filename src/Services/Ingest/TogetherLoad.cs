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
    public List<StagedRecord> Records(bool before)
    {
        // What is new supersedes nothing, so that a look at what was appended tells all.
        if (before && batch.AnySuperseded) return [.. sets.SelectMany(s => Staged(s, HasHistory(s.Shape)))];
        var taken = new Dictionary<string, int>(StringComparer.Ordinal);
        return [.. sets.SelectMany(s => batch.Returned(s.Shape) is { } rows && s.Numbers is { } numbers ? Appended(s, rows, numbers, taken) : batch.OverStaged(() => Staged(s, history: false)))];
    }

    /// <summary>From what the appends gave back: the rows of a set follow those of the sets before it in the same data set.</summary>
    private IEnumerable<StagedRecord> Appended(StagedSet set, IReadOnlyList<AppendedRow> rows, IReadOnlyList<long> numbers, Dictionary<string, int> taken)
    {
        var (id, first, describes) = (set.Shape.DataSet.Id, taken.GetValueOrDefault(set.Shape.DataSet.Id), Describes(set));
        taken[id] = first + numbers.Count;
        for (var i = 0; i < numbers.Count; i++)
        {
            var row = rows[first + i];
            yield return new(row.Batch, numbers[i], id, row.Record?.ToString(CultureInfo.InvariantCulture), row.Organisation, describes && row.Subject is { } subject ? vault.SurvivorOf(subject) : null, 0);
        }
    }

    private static bool Describes(StagedSet set) =>
        set.Shape.DataSet.Items.Any(i => i.Roles.HasFlag(Roles.Identity)) && set.Shape.DataSet.Subject is { } person && set.Rows.Texts.ContainsKey(person.Name);

    private List<StagedRecord> Staged(StagedSet set, bool history)
    {
        var (shape, rows) = (set.Shape, set.Rows);
        var numbering = rows.Namespace is { } space ? Sql.Text(space) : CheckingSql.Organisation(shape, rows);
        var subject = Describes(set) ? $"subject_of({numbering}, {rows.Texts[shape.DataSet.Subject!.Name].Sql})" : "NULL::UBIGINT";
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
    public List<RefusedRow> Refused() => !batch.AnyRefused ? [] : batch.Connection.Rows(
        r => new RefusedRow(r.GetInt32(0), r.GetInt64(1), r.IsDBNull(2) ? null : r.GetString(2), r.GetFieldValue<List<string>>(3)),
        string.Create(CultureInfo.InvariantCulture, $"SELECT batch, coalesce(record_number, 0), data_set, reasons FROM ops.quarantine WHERE batch >= {First} AND batch < {First + batches} ORDER BY batch, ordinal"));
}
