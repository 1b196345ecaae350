using System.Text;

namespace Yunnao.Standards.Compile;

/// <summary>
/// The one scan of loading: a SELECT (DuckDB dialect) that takes rows of text and yields the physical rows of a data set's table,
/// cast, with record key, subject, the bit set of failed checks, and, for refused rows only, their text as JSON.
/// </summary>
/// <remarks>
/// Nested steps, so that every text is computed once, every cast once and every check once:
/// <c>t_item</c> text after code maps, <c>v_item</c> typed value, <c>k_n</c> failed checks, then the bits. The functions <c>record_key</c>, <c>subject_of</c>
/// and <c>bits_of</c> are those of the engine room.
/// </remarks>
public static class CheckingSql
{
    // Infinity is greater, and to the engine so is what is not a number.
    private const string LargestDouble = "1.7976931348623157e308::DOUBLE";

    /// <summary>The columns that the rows fill: those of the system, and those of the items that the source carries.</summary>
    public static IReadOnlyList<Column> Columns(TableShape shape, StagedRows rows) => [.. shape.Columns.Where(c => c.OfSystem || rows.Has(c.Item!))];

    /// <summary>The record number as a last column, where <see cref="Build"/> is asked for it.</summary>
    public const string RecordNumber = "p_record";

    /// <summary>Builds the SELECT. Its columns are exactly <see cref="Columns"/>, in order, and <see cref="RecordNumber"/> where asked for.</summary>
    public static string Build(TableShape shape, StagedRows rows, bool withRecordNumber = false)
    {
        var items = shape.DataSet.Items;
        var texts = new StringBuilder($"SELECT {rows.Position ?? "NULL::BIGINT"} AS p_record, {rows.Offset ?? "NULL::BIGINT"} AS p_offset");
        foreach (var item in items) texts.Append(", ").Append(Text(item, shape, rows)).Append(" AS t_").Append(item.Name);
        texts.Append(", ").Append(Organisation(shape, rows)).Append(" AS p_org, ").Append(rows.Batch).Append(" AS p_batch\nFROM ").Append(rows.From);
        var outputs = Columns(shape, rows).Select(c => $"{Output(c, shape, rows)} AS {Sql.Name(c.Name)}");
        return Steps(withRecordNumber ? outputs.Append(RecordNumber) : outputs, Judged(shape, rows), [KeyColumns(shape, rows)], texts.ToString(), shape, rows);
    }

    /// <summary>The nested steps from texts to outputs; see the remarks of the class.</summary>
    /// <param name="judged">The condition of each check, by its bit.</param>
    /// <param name="keys">Columns to compute beside the typed values.</param>
    /// <param name="texts">The innermost SELECT, with the <c>t_</c> columns.</param>
    internal static string Steps(
        IEnumerable<string> outputs, List<(int Ordinal, string Sql)> judged, IEnumerable<string> keys, string texts, TableShape shape, StagedRows rows)
    {
        var values = keys.Concat(shape.DataSet.Items.Where(IsTyped).Select(i => $"{Typed(i, rows)} AS v_{i.Name}"));
        var sql = new StringBuilder("SELECT ").AppendJoin(", ", outputs);
        sql.Append("\nFROM (SELECT *, ").AppendJoin(", ", Enumerable.Range(0, shape.CheckWords).Select(w => Bits(judged, w)));
        sql.Append("\nFROM (SELECT *").AppendJoin("", judged.Select(k => $",\n{k.Sql} AS k_{k.Ordinal}"));
        sql.Append("\nFROM (SELECT *").AppendJoin("", values.Select(v => $", {v}"));
        return sql.Append("\nFROM (").Append(texts).Append("))))").ToString();
    }

    private static string Output(Column column, TableShape shape, StagedRows rows) => column.Name switch
    {
        SystemColumns.Record => "p_key",
        SystemColumns.Subject => "p_subject",
        SystemColumns.Org => "p_org",
        SystemColumns.Time => $"v_{shape.DataSet.Time.Name}::TIMESTAMP",
        SystemColumns.Batch => "p_batch",
        SystemColumns.Version => "1",
        SystemColumns.Rejected => Rejected(shape, rows),
        _ when column.Item is null => column.Name,
        _ => Value(column.Item),
    };

    private static string Value(Item item) => (IsTyped(item) ? "v_" : "t_") + item.Name;

    private static bool IsTyped(Item item) => item.Element.Type is not (ElementType.S1 or ElementType.S2 or ElementType.S3);

    private static string KeyColumns(TableShape shape, StagedRows rows)
    {
        var parts = string.Concat(shape.DataSet.RecordKey.Where(i => !i.Roles.HasFlag(Roles.Organisation)).Select(i => $", t_{i.Name}"));
        var subject = shape.DataSet.Subject is { } item ? $"subject_of({(rows.Namespace is { } space ? Sql.Text(space) : "p_org")}, t_{item.Name})" : "NULL::UBIGINT";
        return $"record_key({Sql.Text(shape.DataSet.Id)}, p_org{parts}) AS p_key, {subject} AS p_subject";
    }

    /// <summary>SQL of the record key of the rows, as <see cref="Build"/> computes it.</summary>
    public static string RecordKey(TableShape shape, StagedRows rows) =>
        $"record_key({string.Join(", ", [Sql.Text(shape.DataSet.Id), Organisation(shape, rows), .. shape.DataSet.RecordKey.Where(i => !i.Roles.HasFlag(Roles.Organisation)).Select(i => Text(i, shape, rows))])})";

    /// <summary>SQL of the organisation of a row: what the record says, else what the source says.</summary>
    public static string Organisation(TableShape shape, StagedRows rows)
    {
        var own = shape.DataSet.Organisation is { } item && rows.Texts.ContainsKey(item.Name) ? rows.Texts[item.Name].Sql : null;
        return (own, rows.Organisation) switch
        {
            (null, null) => "''",
            (null, { } constant) => Sql.Text(constant),
            ({ } text, null) => text,
            ({ } text, { } constant) => $"coalesce({text}, {Sql.Text(constant)})",
        };
    }

    /// <summary>The text of an item; the organisation of the source stands in where the record does not say it.</summary>
    private static string Text(Item item, TableShape shape, StagedRows rows) => !rows.Has(item) ? "NULL::VARCHAR"
        : item == shape.DataSet.Organisation ? Organisation(shape, rows)
        : rows.Texts.TryGetValue(item.Name, out var text) ? text.Sql : Sql.Text(rows.Organisation!);

    private static string Typed(Item item, StagedRows rows)
    {
        var text = $"t_{item.Name}";
        var format = rows.Texts.GetValueOrDefault(item.Name)?.TimeFormat;
        return item.Element.Type switch
        {
            ElementType.D or ElementType.DT when format is not null => $"CAST(try_strptime({text}, {Sql.Text(format)}) AS {TableShape.SqlType(item)})",
            ElementType.DT => $"coalesce(TRY_CAST({text} AS TIMESTAMP), try_strptime({text}, ['%Y%m%d%H%M%S', '%Y%m%d%H%M', '%Y%m%d']))",
            ElementType.D => $"coalesce(TRY_CAST({text} AS DATE), try_strptime({text}, '%Y%m%d')::DATE)",
            _ => $"TRY_CAST({text} AS {TableShape.SqlType(item)})",
        };
    }

    /// <summary>Each check as a boolean column <c>k_0</c>, <c>k_1</c> …, so that it is planned and computed once. Checks that cannot fail for these rows have none.</summary>
    private static List<(int Ordinal, string Sql)> Judged(TableShape shape, StagedRows rows) =>
        [.. shape.Checks.Select(c => (c.Ordinal, Sql: Fails(c, shape, rows))).Where(c => c.Sql is not null).Select(c => (c.Ordinal, c.Sql!))];

    /// <summary>Most rows fail nothing: one condition over all checks decides, and only the others work out which.</summary>
    private static string Bits(List<(int Ordinal, string Sql)> judged, int word)
    {
        var bits = judged.Where(c => c.Ordinal / 64 == word).ToList();
        if (bits.Count == 0) return $"0::UBIGINT AS {SystemColumns.ChecksWord(word)}";
        var any = string.Join(" OR ", bits.Select(b => $"k_{b.Ordinal}"));
        var known = bits.Select(b => b.Ordinal).ToHashSet();
        var which = string.Join(", ", Enumerable.Range(word * 64, bits[^1].Ordinal % 64 + 1).Select(o => known.Contains(o) ? $"k_{o}" : "false"));
        return $"CASE WHEN {any} THEN bits_of({which}) ELSE 0::UBIGINT END AS {SystemColumns.ChecksWord(word)}";
    }

    /// <summary>A condition that is true when the check fails; null when it cannot fail for these rows.</summary>
    internal static string? Fails(Check check, TableShape shape, StagedRows rows)
    {
        if (check.Item is not { } item) return RuleSql.Fails(check.Rule!, shape.DataSet, rows.Sets, Value);
        if (check.Kind != CheckKind.Required && !rows.Has(item)) return null;
        var text = $"t_{item.Name}";
        return check.Kind switch
        {
            CheckKind.Required => $"{text} IS NULL",
            CheckKind.Type => WrongType(item),
            CheckKind.Length when item.Element.Format.Exact => $"length({text}) <> {item.Element.Format.Length}",
            // Characters are counted only where the bytes, whose number is at hand, could be too many.
            CheckKind.Length => $"CASE WHEN strlen({text}) > {item.Element.Format.Length} THEN length({text}) > {item.Element.Format.Length} ELSE false END",
            CheckKind.ValueSet => rows.Sets.NotIn(text, item.ValueSet!.Id),
            CheckKind.Range => OutOfRange(item),
            CheckKind.IdNumber => IdNumberSql.Fails(text, shape.DataSet.Find("id_type") is null ? null : "t_id_type"),
            CheckKind.Encoding => rows.ReplacedBytes ? $"contains({text}, '\uFFFD')" : null,
            _ => throw new InvalidOperationException($"Check kind {check.Kind} has no SQL."),
        };
    }

    /// <summary>A text that does not cast, or that the cast would silently change (12.7 to a whole number, 1.239 to two decimals, not a number, infinite).</summary>
    private static string WrongType(Item item)
    {
        string text = $"t_{item.Name}", value = $"v_{item.Name}", unread = $"({value} IS NULL AND {text} IS NOT NULL)";
        return TableShape.SqlType(item) switch
        {
            "DOUBLE" => $"({unread} OR {NotFinite(item)})",
            "INTEGER" or "BIGINT" => $"({unread} OR CASE WHEN contains({text}, '.') OR contains({text}, '-') THEN TRY_CAST({text} AS DOUBLE) <> {value} ELSE false END)",
            var type when type.StartsWith("DECIMAL", StringComparison.Ordinal) => $"({unread} OR abs(TRY_CAST({text} AS DOUBLE) - {value}) > 1e-6)",
            _ => unread,
        };
    }

    private static string OutOfRange(Item item)
    {
        var outside = Outside(item);
        return TableShape.SqlType(item) == "DOUBLE" ? $"CASE WHEN {outside} THEN abs({Value(item)}) <= {LargestDouble} ELSE false END" : outside;
    }

    private static string Outside(Item item)
    {
        var value = Value(item);
        string Bound(string bound) => item.Element.Type switch
        {
            ElementType.N => bound,
            ElementType.D => $"DATE {Sql.Text(bound)}",
            ElementType.DT => $"TIMESTAMP {Sql.Text(bound)}",
            _ => Sql.Text(bound),
        };
        return (item.Min, item.Max) switch
        {
            ({ } min, { } max) => $"{value} NOT BETWEEN {Bound(min)} AND {Bound(max)}",
            ({ } min, null) => $"{value} < {Bound(min)}",
            _ => $"{value} > {Bound(item.Max!)}",
        };
    }

    /// <summary>The engine compares doubles slowly: the few that are out of the item's range are looked at, where it has one.</summary>
    private static string NotFinite(Item item)
    {
        var infinite = $"abs({Value(item)}) > {LargestDouble}";
        return item is { Min: not null, Max: not null } ? $"CASE WHEN {Outside(item)} THEN {infinite} ELSE false END" : infinite;
    }

    /// <summary>NULL for a good row; else JSON: n record number, o byte offset, v texts of the items that may leave the vault.</summary>
    internal static string Rejected(TableShape shape, StagedRows rows)
    {
        var refused = new List<string>();
        for (var word = 0; word < shape.CheckWords; word++)
        {
            var mask = shape.Checks.Where(c => c.Ordinal / 64 == word && c.Severity == Severity.Reject).Aggregate(0UL, (m, c) => m | (1UL << (c.Ordinal % 64)));
            if (mask == ulong.MaxValue) refused.Add($"{SystemColumns.ChecksWord(word)} <> 0");
            else if (mask != 0) refused.Add($"({SystemColumns.ChecksWord(word)} & {mask}::UBIGINT) <> 0");
        }

        if (refused.Count == 0) return "NULL::VARCHAR";
        var values = string.Join(", ", shape.DataSet.Items.Where(i => !i.InVault && rows.Has(i)).Select(i => $"{Sql.Text(i.Name)}, t_{i.Name}"));
        return $"CASE WHEN {string.Join(" OR ", refused)} THEN json_object('n', p_record, 'o', p_offset, 'v', json_object({values}))::VARCHAR END";
    }
}
