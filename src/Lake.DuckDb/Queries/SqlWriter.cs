using System.Collections.Frozen;
using System.Globalization;
using Yunnao.Lake.DuckDb.Functions;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.Queries;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Queries;

/// <summary>Writes a scoped query as one SELECT. Constants become parameters. <see cref="Shelves.ShelfQuery"/> answers some of them without the engine, with the same result.</summary>
/// <param name="survivors">Merged subject → the one under which its rows are found.</param>
/// <param name="place">Where the rows of a data set are.</param>
/// <param name="isCut">True when few rows fit and the first of them are read: to look for the first of an order takes the engine longer than to sort few.</param>
/// <param name="uuids">True writes record keys as UUIDs, the same 128 bits, where they would be decimal digits.</param>
internal sealed class SqlWriter(FrozenDictionary<ulong, ulong> survivors, Func<TableShape, TablePlace> place, bool uuids = false, bool isCut = false)
{
    /// <summary>Rows of a page, of which the engine first looks for the rows and then for what is in them.</summary>
    public const int LongestPage = 1100;

    /// <summary>Name of the place of a row in its table.</summary>
    private const string Place = "_place";

    private readonly SqlValues.Parameters _values = new(survivors);
    private ScopedSelect? _select;

    /// <summary>The table as the Scope shows it, when its columns are written where they are named; null when they are columns of <c>t</c>.</summary>
    private (ScopedTable Table, IReadOnlyDictionary<string, string> Existing)? _level;

    public IReadOnlyList<object?> Parameters => _values.Values;

    public string Write(ScopedQuery scoped)
    {
        var query = scoped.Query;
        if (IsPageOfJoined(query) && place(scoped.Table.Shape).IsTable) return PageOfJoined(scoped);
        var from = OfOneLevel(query) ? Level(scoped) : From(scoped);
        var sql = $"SELECT {Outputs(scoped)} FROM {from}";
        if (query.Grouped) sql += " GROUP BY ALL" + LargeGroups(scoped.Table);
        if (query.Order.Count > 0 && !(isCut && IsOfOneRecord(query))) sql += InOrder(query);
        if (query.Limit is { } limit && !(isCut && query.Offset == 0)) sql += $" LIMIT {limit.ToString(CultureInfo.InvariantCulture)}";
        if (query.Offset > 0) sql += $" OFFSET {query.Offset.ToString(CultureInfo.InvariantCulture)}";
        return sql;
    }

    /// <summary>True of a page of rows of which a join says which they are: of those the engine reads every column of every row that fits before it knows which are the first ones.</summary>
    private static bool IsPageOfJoined(Query query) => query is { Grouped: false, Changes: null, Versions: false, NewestOf: null, Mark: null, Limit: <= LongestPage, Order.Count: > 0 } && Joins(query.Where);

    private static bool Joins(Filter? filter) => filter switch
    {
        Filter.And and => and.Parts.Any(Joins),
        Filter.In i => SqlValues.IsJoined(i.Values.Count),
        _ => filter is Filter.Among,
    };

    /// <summary>Looks for the places of the rows of such a page first.</summary>
    private string PageOfJoined(ScopedQuery scoped)
    {
        var query = scoped.Query;
        var places = string.Create(CultureInfo.InvariantCulture, $"SELECT t.{Place} FROM {From(scoped, placed: true)}{InOrder(query)} LIMIT {query.Limit} OFFSET {query.Offset}");
        return $"SELECT {Outputs(scoped)} FROM {From(scoped, placed: true, filtered: false)} WHERE t.{Place} IN ({places}){InOrder(query)}";
    }

    private string Outputs(ScopedQuery scoped) => string.Join(", ", scoped.Query.Outputs.Select(o => $"{Expression(o, scoped.Table)} AS {SqlNames.Quote(o.Title)}").Concat(MoreColumns(scoped)));

    private string InOrder(Query query) => $" ORDER BY {string.Join(", ", query.Order.Select(o => Order(o, query)))}";

    /// <summary>
    /// True for the plain rows of a table. Binding and planning is most of what a page of one person costs, and a statement of one level is planned in
    /// four fifths of the time of one of two.
    /// </summary>
    private static bool OfOneLevel(Query query) => query is { Grouped: false, Changes: null, Versions: false, NewestOf: null, Mark: null } && IsPlain(query.Where);

    /// <summary>True when no more than one row can fit.</summary>
    private static bool IsOfOneRecord(Query query) => query is { Grouped: false, Changes: null, Versions: false } && IsOneRecord(query.Where);

    private static bool IsOneRecord(Filter? filter) => filter is Filter.Compare { Name: SystemColumns.Record, Comparison: Comparison.Equal } || (filter is Filter.And and && and.Parts.Any(IsOneRecord));

    /// <summary>True of conditions that compare columns with values.</summary>
    private static bool IsPlain(Filter? filter) => filter switch
    {
        null or Filter.Compare or Filter.In or Filter.Between or Filter.IsNull => true,
        Filter.And and => and.Parts.All(IsPlain),
        Filter.Or or => or.Parts.All(IsPlain),
        Filter.Not not => IsPlain(not.Part),
        _ => false,
    };

    /// <summary>The rows of such a query as <c>r</c>: from here on each name is the expression that the Scope shows under it.</summary>
    private string Level(ScopedQuery scoped)
    {
        var (at, select) = (place(scoped.Table.Shape), _select = new ScopedSelect(_values, scoped.PseudonymKey));
        _level = (scoped.Table, at.Existing);
        var rows = select.From(scoped.Table, at.Source);
        if (scoped.Query.UntilBatch is { } last) rows += $" AND r.{SystemColumns.Batch} <= {_values.Write((long)last)}";
        return scoped.Query.Where is { } filter ? $"{rows} AND {Condition(filter)}" : rows;
    }

    /// <summary>The rows of a query as <c>t</c>, with the columns that the Scope shows.</summary>
    /// <param name="placed">True for the places of the rows too.</param>
    /// <param name="filtered">False leaves out the filter of the query.</param>
    private string From(ScopedQuery scoped, bool placed = false, bool filtered = true)
    {
        var query = scoped.Query;
        var select = _select ??= new ScopedSelect(_values, scoped.PseudonymKey, query.Mark);
        var (at, more) = (place(scoped.Table.Shape), new List<string>());
        if (placed) more.Add($"r.rowid AS {Place}");
        if (query.Keyed) more.Add($"r.{SystemColumns.Record} AS {Query.KeyColumn}");
        if (scoped.Table.Find(Query.ArrivalColumn) is not null && scoped.Names.Contains(Query.ArrivalColumn)) more.Add($"r.{SystemColumns.Batch} AS {Query.ArrivalColumn}");
        var inner = query.Changes is { } changes
            ? new ChangeSql(select, _values, scoped.Table, at.Source, at.History, at.Existing).Write(changes, more)
            : select.Write(scoped.Table, query.Versions ? at.Versions : at.Source, at.Existing, more, scoped.Names.ToHashSet(StringComparer.Ordinal));
        if (query.UntilBatch is { } last) inner += $" AND r.{SystemColumns.Batch} <= {_values.Write((long)last)}";
        var within = query.Changes?.Within;
        if (within is not null)
            inner = $"SELECT t.* REPLACE (t.{ChangeRange.DeletedColumn} OR {Condition(within)} IS NOT TRUE AS {ChangeRange.DeletedColumn}) FROM ({inner}) AS t";
        var sql = $"({inner}) AS t";
        if (filtered && query.Where is { } filter) sql += $" WHERE {Condition(filter)}";
        if (query.NewestOf is not { } same) return sql;
        var key = query.Keyed ? $", t.{Query.KeyColumn}" : "";
        sql = $"(SELECT t.* FROM {sql} QUALIFY row_number() OVER (PARTITION BY {Name(same)} ORDER BY {Name(SystemColumns.Time)} DESC NULLS LAST{key}) = 1) AS t";
        return query.Beyond is { } beyond ? $"{sql} WHERE {Condition(beyond)}" : sql;
    }

    private string Inside(Filter.Among among)
    {
        var inner = ScopedQuery.Inside(among);
        var outputs = inner.Query.Outputs.Select(o => Name(o.Name!)).ToList();
        var names = among.Names.Select(Name).ToList();
        return $"({(names.Count == 1 ? names[0] : $"({string.Join(", ", names)})")} IN (SELECT {string.Join(", ", outputs)} FROM {From(inner)}))";
    }

    private IEnumerable<string> MoreColumns(ScopedQuery scoped)
    {
        if (scoped.Query.Mark is { Shown: true }) yield return $"t.{RowMark.Column} AS {RowMark.Column}";
        if (scoped.Query.Changes is not null) yield return $"t.{ChangeRange.DeletedColumn} AS {ChangeRange.DeletedColumn}";
        if (!scoped.Query.Keyed) yield break;
        for (var i = 0; i < scoped.Query.Order.Count - 1; i++) yield return $"{Expression(new(scoped.Query.Order[i].Name), scoped.Table)} AS {Query.SortColumn(i)}";
        yield return $"record_text({Name(Query.KeyColumn)}) AS {Query.KeyColumn}";
    }

    /// <summary>Leaves out groups of few persons. Whatever the group is of, what is counted are the persons behind its rows.</summary>
    private static string LargeGroups(ScopedTable table)
    {
        if (table.SmallestGroup <= 1) return "";
        var counting = table.SmallestGroup <= PersonsUpTo.Most ? "persons_up_to(" : "count(DISTINCT ";
        var persons = table.Shape.DataSet.Subject is null ? "count(*)" : $"{counting}t.{ScopedSelect.Person})";
        return string.Create(CultureInfo.InvariantCulture, $" HAVING {persons} >= {table.SmallestGroup}");
    }

    /// <summary>Of a record that is told of as gone, nothing but what is known of every such record.</summary>
    private static string Unless(bool gone, Output output, string value) =>
        gone && output.Name is not (SystemColumns.Record or SystemColumns.Subject or SystemColumns.Org) ? $"CASE WHEN NOT t.{ChangeRange.DeletedColumn} THEN {value} END" : value;

    private string Name(string name) => _level is not var (table, existing) ? $"t.{SqlNames.Quote(name)}"
        : name == Query.KeyColumn ? $"r.{SystemColumns.Record}"
        : _select!.Shown(table.Find(name)!, existing);

    private string Expression(Output output, ScopedTable table)
    {
        if (output.Name is null) return "count(*)";
        var (name, isRecord) = (Name(output.Name), table.Find(output.Name)!.Kind == ValueKind.Record);
        var value = output.Aggregate switch
        {
            Aggregate.None => name,
            Aggregate.Count => $"count({name})",
            Aggregate.CountDistinct => $"count(DISTINCT {name})",
            Aggregate.Min => $"min({name})",
            Aggregate.Max => $"max({name})",
            Aggregate.Sum => $"sum({name})::DOUBLE",
            Aggregate.Average => $"avg({name})",
            _ => throw new ArgumentException($"Nothing writes {output.Aggregate}.", nameof(output)),
        };
        return isRecord && output.Aggregate is not (Aggregate.Count or Aggregate.CountDistinct) ? RecordKey(value) : value;
    }

    /// <summary>Of every key 39 digits, of which no two are alike, are most of the work of a Parquet file; 16 bytes are none.</summary>
    private string RecordKey(string value) => uuids ? $"record_uuid({value})" : $"record_text({value})";

    private string Order(Ordering order, Query query)
    {
        // A grouped result has only its outputs; otherwise an output of the same name may be a text of the column.
        var by = query.Grouped ? (query.OutputOf(order) + 1).ToString(CultureInfo.InvariantCulture) : Name(order.Name);
        return $"{by} {(order.Descending ? "DESC" : "ASC")} NULLS LAST";
    }

    private string Condition(Filter filter) => filter switch
    {
        Filter.And and => Join(and.Parts, "AND", "true"),
        Filter.Or or => Join(or.Parts, "OR", "false"),
        Filter.Not not => $"(NOT {Condition(not.Part)})",
        Filter.Compare c => $"({Name(c.Name)} {Symbol(c.Comparison)} {_values.Write(c.Value.Data)})",
        Filter.In { Values.Count: 0 } => "false",
        Filter.In i => $"({Name(i.Name)} IN ({_values.List([.. i.Values.Select(v => v.Data)])}))",
        Filter.Between b => $"({Name(b.Name)} BETWEEN {_values.Write(b.Low.Data)} AND {_values.Write(b.High.Data)})",
        Filter.IsNull n => $"({Name(n.Name)} IS NULL)",
        Filter.Contains t => $"contains({Folded(Name(t.Name), t.Folded)}, {Folded(_values.Write(t.Text), t.Folded)})",
        Filter.StartsWith t => $"starts_with({Folded(Name(t.Name), t.Folded)}, {Folded(_values.Write(t.Text), t.Folded)})",
        Filter.Among a => Inside(a),
        _ => throw new ArgumentException($"Nothing writes {filter.GetType().Name}.", nameof(filter)),
    };

    private static string Folded(string text, bool folded) => folded ? $"lower(strip_accents({text}::VARCHAR))" : text;

    private string Join(IReadOnlyList<Filter> parts, string word, string empty) =>
        parts.Count == 0 ? empty : $"({string.Join($" {word} ", parts.Select(Condition))})";

    private static string Symbol(Comparison comparison) => comparison switch
    {
        Comparison.Equal => "=",
        Comparison.NotEqual => "<>",
        Comparison.Less => "<",
        Comparison.LessOrEqual => "<=",
        Comparison.Greater => ">",
        Comparison.GreaterOrEqual => ">=",
        _ => throw new ArgumentOutOfRangeException(nameof(comparison)),
    };
}
