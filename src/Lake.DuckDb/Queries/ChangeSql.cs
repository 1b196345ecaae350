using Yunnao.Lake.DuckDb.Derived;
using Yunnao.Lake.Queries;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Queries;

/// <summary>
/// Writes the changes of a data set as a Scope shows them: rows of newer batches; older rows that moved; and what was there before and is there
/// no more. Each part stands on <see cref="ScopedSelect"/>, so that neither a row nor the end of one is told to whom it was out of reach.
/// </summary>
/// <param name="history">SQL of the table of superseded versions, or null when there is none.</param>
internal sealed class ChangeSql(ScopedSelect select, SqlValues values, ScopedTable table, string source, string? history, IReadOnlyDictionary<string, string> existing)
{
    private const string Key = "_changed_key";

    /// <param name="more">Columns of the source to show beside those of the table.</param>
    public string Write(ChangeRange changes, IReadOnlyList<string> more)
    {
        var (from, upTo) = (values.Write((long)changes.After.Batch), values.Write((long)changes.UpTo.Batch));
        var parts = new List<string> { $"{Current(more)} AND r.{SystemColumns.Batch} > {from} AND r.{SystemColumns.Batch} <= {upTo}" };

        // To who begins, nothing was given that could have gone.
        if (changes.After.Batch == 0) return parts[0];
        var before = new List<string>();
        if (changes.After.Move < changes.UpTo.Move)
        {
            before.Add(MovedRecords.Rows(values.Write(table.Shape.DataSet.Id), values.Write(changes.After.Move), values.Write(changes.UpTo.Move)));
            parts.Add($"{Current(more)} AND r.{SystemColumns.Batch} <= {from} AND r.{SystemColumns.Record} IN (SELECT m.{SystemColumns.Record} FROM ({before[0]}) AS m)");
        }

        // A new version of another person takes the record out of the reach of a Scope that is about persons.
        if (history is not null && (table.Rows.Subjects is not null || table.Rows.Consent is not null))
        {
            before.Add($"SELECT {SystemColumns.Record}, {SystemColumns.Subject}, {SystemColumns.Org}, {SystemColumns.Rejected} FROM {history} "
                + $"WHERE {SystemColumns.Batch} <= {from} AND _superseded_by > {from} AND _superseded_by <= {upTo}");
        }

        if (before.Count > 0) parts.Add(Gone(string.Join(" UNION ", before), more));
        return string.Join(" UNION ALL ", parts);
    }

    private string Gone(string before, IReadOnlyList<string> more)
    {
        var still = $"{select.Write(table, source, existing, [$"r.{SystemColumns.Record} AS {Key}"])} AND r.{SystemColumns.Record} IN (SELECT m.{SystemColumns.Record} FROM ({before}) AS m)";
        return $"{select.Write(table, $"({before})", MovedRecords.Columns, [.. more, Deleted(true)])} AND r.{SystemColumns.Record} NOT IN (SELECT s.{Key} FROM ({still}) AS s) "

            // Of a record whose versions had several persons, one line.
            + $"QUALIFY row_number() OVER (PARTITION BY r.{SystemColumns.Record} ORDER BY r.{SystemColumns.Subject}) = 1";
    }

    private string Current(IReadOnlyList<string> more) => select.Write(table, source, existing, [.. more, Deleted(false)]);

    private static string Deleted(bool gone) => $"{(gone ? "true" : "false")} AS {ChangeRange.DeletedColumn}";
}
