using System.Globalization;
using Yunnao.Lake.DuckDb.Consents;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.Queries;
using Yunnao.Lake.Scopes;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Queries;

/// <summary>
/// Writes a data set as a Scope shows it: a SELECT that yields the scoped columns under their names, of the rows that the Scope reaches.
/// Every query stands on it, so nothing outside it can be seen, compared with or counted.
/// </summary>
/// <param name="mark">Which rows are left out, or shown to be; null for none.</param>
internal sealed class ScopedSelect(SqlValues values, ReadOnlyMemory<byte> pseudonymKey, RowMark? mark = null)
{
    /// <summary>The person of a row, or null; shown to nobody, for counting the persons of a group.</summary>
    public const string Person = "_person";

    private string? _key, _markKey;

    /// <param name="source">SQL of the table to read.</param>
    /// <param name="existing">The columns that the table really has; one that is missing is shown as null.</param>
    /// <param name="more">Columns of the source to show beside those of the table.</param>
    /// <param name="names">The columns that are asked for; null for all. Each one more takes the engine time to bind and to plan.</param>
    public string Write(ScopedTable table, string source, IReadOnlyDictionary<string, string> existing, IEnumerable<string> more, IReadOnlySet<string>? names = null) =>
        $"SELECT {Columns(table, existing, more, names)} FROM {From(table, source)}";

    /// <summary>The rows that the Scope reaches, as <c>r</c>: what stands behind FROM. What is selected of them are the columns that <see cref="Shown"/> writes, and a record's key for a cursor.</summary>
    public string From(ScopedTable table, string source) => $"{source} AS r WHERE {string.Join(" AND ", Rows(table.Rows))}";

    /// <summary>
    /// The same where the asker writes expressions of their own around it. The engine may move a condition to where rows out of reach are
    /// still there, and a condition that fails on a value (a cast, a date) would tell of it: so those rows have no values there.
    /// </summary>
    public string WriteGuarded(ScopedTable table, string source, IReadOnlyDictionary<string, string> existing)
    {
        var columns = table.Columns.Select(c => $"CASE WHEN r._seen THEN {Shown(c, existing)} END AS {SqlNames.Quote(c.Name)}");
        return $"SELECT {string.Join(", ", columns)} FROM (SELECT r.*, ({string.Join(" AND ", Rows(table.Rows))}) AS _seen FROM {source} AS r) AS r WHERE r._seen";
    }

    private string Columns(ScopedTable table, IReadOnlyDictionary<string, string> existing, IEnumerable<string> more, IReadOnlySet<string>? names)
    {
        List<string> columns = [.. table.Columns.Where(c => names?.Contains(c.Name) != false).Select(c => $"{Shown(c, existing)} AS {SqlNames.Quote(c.Name)}"), .. more];
        if (mark is { Shown: true }) columns.Add($"record_text(r.{SystemColumns.Record}) AS {RowMark.Column}");
        if (table.SmallestGroup > 1) columns.Add($"r.{SystemColumns.Subject} AS {Person}");
        return columns.Count > 0 ? string.Join(", ", columns) : $"r.{SystemColumns.Record}";
    }

    private IEnumerable<string> Rows(RowFilter rows)
    {
        yield return $"r.{SystemColumns.Rejected} IS NULL";
        if (rows.Organisations is { } organisations) yield return In(SystemColumns.Org, [.. organisations]);
        if (rows.Subjects is { } subjects) yield return In(SystemColumns.Subject, [.. subjects.Select(s => (object)s)]);
        if (rows.Consent is { } consent) yield return ConsentSql.Condition(consent, $"r.{SystemColumns.Subject}", values);
        if (mark is { Shown: false }) yield return $"NOT {LeftOut(mark)}";
    }

    private string In(string column, List<object> list)
    {
        if (list.Count == 0) return "false";
        return list.Count == 1 ? $"r.{column} = {values.Write(list[0])}" : $"r.{column} IN ({values.List(list)})";
    }

    /// <summary>A column of <c>r</c> as the Scope shows it; <see cref="Shelves.ShelfValues"/> shows it so without the engine.</summary>
    public string Shown(ScopedColumn column, IReadOnlyDictionary<string, string> existing)
    {
        var value = SqlNames.Column(column.Physical, "r", existing);
        return (column.Action, column.Stored) switch
        {
            (ItemAction.Clear, _) => value,
            (ItemAction.Mask, ValueKind.Text) => $"CASE WHEN length({value}) > 1 THEN left({value}, 1) || '**' WHEN {value} IS NOT NULL THEN '**' END",
            (ItemAction.Generalise, ValueKind.Date or ValueKind.Timestamp) => $"date_trunc('month', {value})::DATE",
            (ItemAction.Generalise, ValueKind.Number) => Band(value, column.Generalisation as Generalisation.Band ?? new(10)),
            (ItemAction.Generalise, ValueKind.Text) => Coarser(value, column.Generalisation),
            (ItemAction.Redact, ValueKind.Text) => $"redacted_text({value}, r.{SystemColumns.Subject})",
            (ItemAction.Pseudonym, ValueKind.Record) => Pseudonym($"record_text({value})"),
            (ItemAction.Pseudonym, _) => Pseudonym($"{value}::VARCHAR"),
            _ => "NULL::VARCHAR",
        };
    }

    private string LeftOut(RowMark by)
    {
        _markKey ??= values.Write(by.KeyText);
        return $"(pseudonym({_markKey}, record_text(r.{SystemColumns.Record})) < '{by.Below}')";
    }

    private static string Band(string value, Generalisation.Band band)
    {
        var lower = string.Create(CultureInfo.InvariantCulture, $"floor({value} / {band.Width})::BIGINT * {band.Width}");

        // Of a missing value the engine's least is the other one.
        return band.Top is { } top ? string.Create(CultureInfo.InvariantCulture, $"CASE WHEN {value} IS NOT NULL THEN least({lower}, {top}) END") : lower;
    }

    private string Coarser(string value, Generalisation? generalisation) => generalisation switch
    {
        Generalisation.Prefix prefix => string.Create(CultureInfo.InvariantCulture, $"left({value}, {prefix.Length})"),

        // The upper end counts as a prefix: what begins with it is below it followed by the last character there is.
        Generalisation.Ranges ranges => $"CASE {string.Join(' ', ranges.Of.Select(r =>
            $"WHEN {value} BETWEEN {values.Write(r.From)} AND {values.Write(r.To + char.ConvertFromUtf32(0x10FFFF))} THEN {values.Write(r.Group)}"))} END",
        _ => $"left({value}, 3)",
    };

    private string Pseudonym(string text)
    {
        // Once a statement: each parameter is one more value to bind.
        _key ??= values.Write(Convert.ToHexStringLower(pseudonymKey.Span));
        return $"pseudonym({_key}, {text})";
    }
}
