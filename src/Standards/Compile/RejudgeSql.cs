using System.Text;

namespace Yunnao.Standards.Compile;

/// <summary>
/// The scan that judges stored rows again (DuckDB dialect): the checks of <see cref="CheckingSql"/> over the table's own columns instead
/// of rows of text. What is in the vault cannot be read here; checks on it stay as they were judged when the row came in.
/// </summary>
public static class RejudgeSql
{
    /// <summary>The old row's number, and in <see cref="OldWord"/> its old bits.</summary>
    public const string RowId = "p_row";

    /// <summary>Name of a word of the bits that the row has now.</summary>
    public static string OldWord(int word) => $"o_{SystemColumns.ChecksWord(word)}";

    /// <summary>Builds the SELECT: <see cref="RowId"/>, the old words, the new words, and <c>_rejected</c> as a batch would have it.</summary>
    /// <param name="table">SQL of the table.</param>
    /// <param name="columns">The columns it has; an item that was never sent has none.</param>
    /// <param name="keep">SQL over the old words that is true when the check failed before; asked for checks that read the vault.</param>
    public static string Build(TableShape shape, string table, IReadOnlyCollection<string> columns, CodeSets sets, Func<Check, string> keep)
    {
        var items = shape.DataSet.Items;
        var texts = items.Where(i => shape.ColumnOf(i.Name) is { } column && columns.Contains(column)).ToDictionary(i => i.Name, i => new StagedText(Text(shape, i)), StringComparer.Ordinal);
        var rows = new StagedRows(table, texts, null, null, "rowid", null, ReplacedBytes: false, "0", sets);
        var judged = shape.Checks.Select(c => (c.Ordinal, Sql: ReadsVault(c, shape.DataSet) ? keep(c) : CheckingSql.Fails(c, shape, rows)))
            .Where(c => c.Sql is not null).Select(c => (c.Ordinal, c.Sql!)).ToList();
        var words = Enumerable.Range(0, shape.CheckWords).ToArray();
        IEnumerable<string> outputs =
            [RowId, "_org", "_batch", .. words.Select(OldWord), .. words.Select(SystemColumns.ChecksWord), $"{CheckingSql.Rejected(shape, rows)} AS _rejected"];
        var sql = new StringBuilder($"SELECT rowid AS {RowId}, NULL::BIGINT AS p_record, NULL::BIGINT AS p_offset, _org, _batch");
        foreach (var word in words) sql.Append($", coalesce({SystemColumns.ChecksWord(word)}, 0) AS {OldWord(word)}");
        foreach (var item in items) sql.Append($", {(texts.TryGetValue(item.Name, out var text) ? text.Sql : "NULL::VARCHAR")} AS t_{item.Name}");
        sql.Append($"\nFROM {table} WHERE _rejected IS NULL");
        return CheckingSql.Steps(outputs, judged, [], sql.ToString(), shape, rows);
    }

    private static bool ReadsVault(Check check, DataSet dataSet) => check.Item is { } item
        ? item.InVault
        : Expressions.RuleExpression.Parse(check.Rule!.Expression).Value.Items.Any(name => dataSet.Find(name)!.InVault);

    private static string Text(TableShape shape, Item item)
    {
        var column = Sql.Name(shape.ColumnOf(item.Name)!);
        return item.Element.Type == ElementType.D ? $"CAST(CAST({column} AS DATE) AS VARCHAR)" : $"CAST({column} AS VARCHAR)";
    }
}
