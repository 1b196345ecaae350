using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.Queries;
using Yunnao.Lake.Scopes;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Queries;

/// <summary>
/// Writes a data set as a Scope shows it: a SELECT that yields the scoped columns under their names, of the rows that the Scope reaches.
/// Every query stands on it, so nothing outside it can be seen, compared with or counted.
/// </summary>
internal sealed class ScopedSelect(SqlValues values, ReadOnlyMemory<byte> pseudonymKey)
{
    private const int LongestList = 64;

    /// <param name="source">SQL of the table to read.</param>
    /// <param name="existing">The columns that the table really has; one that is missing is shown as null.</param>
    /// <param name="more">Columns of the source to show beside those of the table.</param>
    public string Write(ScopedTable table, string source, IReadOnlyDictionary<string, string> existing, params IEnumerable<string> more)
    {
        var columns = table.Columns.Select(c => $"{Shown(c, existing)} AS {SqlNames.Quote(c.Name)}").Concat(more);
        return $"SELECT {string.Join(", ", columns)} FROM {source} AS r WHERE {string.Join(" AND ", Rows(table.Rows))}";
    }

    private IEnumerable<string> Rows(RowFilter rows)
    {
        yield return $"r.{SystemColumns.Rejected} IS NULL";
        if (rows.Organisations is { } organisations) yield return In(SystemColumns.Org, [.. organisations]);
        if (rows.Subjects is { } subjects) yield return In(SystemColumns.Subject, [.. subjects.Select(s => (object)s)]);
    }

    private string In(string column, List<object> list)
    {
        if (list.Count == 0) return "false";
        var items = string.Join(", ", list.Select(values.Write));

        // A short list prunes blocks of the table by itself; a long one is joined.
        return list.Count <= LongestList ? $"r.{column} IN ({items})" : $"r.{column} IN (SELECT unnest([{items}]))";
    }

    private string Shown(ScopedColumn column, IReadOnlyDictionary<string, string> existing)
    {
        var value = SqlNames.Column(column.Physical, "r", existing);
        return (column.Action, column.Stored) switch
        {
            (ItemAction.Clear, _) => value,
            (ItemAction.Mask, ValueKind.Text) => $"CASE WHEN length({value}) > 1 THEN left({value}, 1) || '**' WHEN {value} IS NOT NULL THEN '**' END",
            (ItemAction.Generalise, ValueKind.Date or ValueKind.Timestamp) => $"date_trunc('month', {value})::DATE",
            (ItemAction.Generalise, ValueKind.Number) => $"floor({value} / 10)::BIGINT * 10",
            (ItemAction.Generalise, ValueKind.Text) => $"left({value}, 3)",
            (ItemAction.Pseudonym, ValueKind.Record) => Pseudonym($"record_text({value})"),
            (ItemAction.Pseudonym, _) => Pseudonym($"{value}::VARCHAR"),
            _ => "NULL::VARCHAR",
        };
    }

    // Hashing twice with the key in front, as HMAC does, so that nobody can extend a hash.
    private string Pseudonym(string text)
    {
        var key = values.Write(Convert.ToHexStringLower(pseudonymKey.Span));
        return $"left(sha256({key} || sha256({key} || {text})), 32)";
    }
}
