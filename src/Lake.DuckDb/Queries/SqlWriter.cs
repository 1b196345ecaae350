using System.Collections.Frozen;
using System.Globalization;
using Yunnao.Lake.DuckDb.Functions;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.Queries;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Queries;

/// <summary>Writes a scoped query as one SELECT. Constants become parameters.</summary>
/// <param name="survivors">Merged subject → the one under which its rows are found.</param>
/// <param name="uuids">True writes record keys as UUIDs, the same 128 bits, where they would be decimal digits.</param>
internal sealed class SqlWriter(FrozenDictionary<ulong, ulong> survivors, bool uuids = false)
{
    private readonly SqlValues.Parameters _values = new(survivors);

    public IReadOnlyList<object?> Parameters => _values.Values;

    /// <param name="source">SQL of the data set's table.</param>
    /// <param name="existing">The columns that the table really has.</param>
    /// <param name="history">SQL of the table of superseded versions, or null when there is none.</param>
    public string Write(ScopedQuery scoped, string source, IReadOnlyDictionary<string, string> existing, string? history)
    {
        var query = scoped.Query;
        var select = new ScopedSelect(_values, scoped.PseudonymKey, query.Mark);
        string[] key = query.Keyed ? [$"r.{SystemColumns.Record} AS {Query.KeyColumn}"] : [];
        var inner = query.Changes is { } changes
            ? new ChangeSql(select, _values, scoped.Table, source, history, existing).Write(changes, key)
            : select.Write(scoped.Table, source, existing, key);
        if (query.SinceBatch is { } batch) inner += $" AND r.{SystemColumns.Batch} > {_values.Write((long)batch)}";
        if (query.UntilBatch is { } last) inner += $" AND r.{SystemColumns.Batch} <= {_values.Write((long)last)}";
        var outputs = string.Join(", ", query.Outputs.Select(o => $"{Expression(o, scoped.Table)} AS {SqlNames.Quote(o.Title)}").Concat(MoreColumns(scoped)));
        var sql = $"SELECT {outputs} FROM ({inner}) AS t";
        if (query.Where is { } filter) sql += $" WHERE {Condition(filter)}";
        if (query.Grouped) sql += " GROUP BY ALL" + LargeGroups(scoped.Table);
        if (query.Order.Count > 0) sql += $" ORDER BY {string.Join(", ", query.Order.Select(o => Order(o, query)))}";
        if (query.Limit is { } limit) sql += $" LIMIT {limit.ToString(CultureInfo.InvariantCulture)}";
        if (query.Offset > 0) sql += $" OFFSET {query.Offset.ToString(CultureInfo.InvariantCulture)}";
        return sql;
    }

    private IEnumerable<string> MoreColumns(ScopedQuery scoped)
    {
        if (scoped.Query.Mark is { Shown: true }) yield return $"t.{RowMark.Column} AS {RowMark.Column}";
        if (scoped.Query.Changes is not null) yield return $"t.{ChangeRange.DeletedColumn} AS {ChangeRange.DeletedColumn}";
        if (!scoped.Query.Keyed) yield break;
        for (var i = 0; i < scoped.Query.Order.Count - 1; i++) yield return $"{Expression(new(scoped.Query.Order[i].Name), scoped.Table)} AS {Query.SortColumn(i)}";
        yield return $"record_text(t.{Query.KeyColumn}) AS {Query.KeyColumn}";
    }

    /// <summary>Leaves out groups of few persons. Whatever the group is of, what is counted are the persons behind its rows.</summary>
    private static string LargeGroups(ScopedTable table)
    {
        if (table.SmallestGroup <= 1) return "";
        var counting = table.SmallestGroup <= PersonsUpTo.Most ? "persons_up_to(" : "count(DISTINCT ";
        var persons = table.Shape.DataSet.Subject is null ? "count(*)" : $"{counting}t.{ScopedSelect.Person})";
        return string.Create(CultureInfo.InvariantCulture, $" HAVING {persons} >= {table.SmallestGroup}");
    }

    private static string Name(string name) => $"t.{SqlNames.Quote(name)}";

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

    private static string Order(Ordering order, Query query)
    {
        // A grouped result has only its outputs; otherwise an output of the same name may be a text of the column.
        var at = query.Outputs.Select((o, i) => (o, i)).FirstOrDefault(p => p.o.Name == order.Name && p.o.Aggregate == Aggregate.None).i;
        var by = query.Grouped ? (at + 1).ToString(CultureInfo.InvariantCulture) : Name(order.Name);
        return $"{by} {(order.Descending ? "DESC" : "ASC")} NULLS LAST";
    }

    private string Condition(Filter filter) => filter switch
    {
        Filter.And and => Join(and.Parts, "AND", "true"),
        Filter.Or or => Join(or.Parts, "OR", "false"),
        Filter.Not not => $"(NOT {Condition(not.Part)})",
        Filter.Compare c => $"({Name(c.Name)} {Symbol(c.Comparison)} {_values.Write(c.Value.Data)})",
        Filter.In { Values.Count: 0 } => "false",
        Filter.In i => $"({Name(i.Name)} IN ({string.Join(", ", i.Values.Select(v => _values.Write(v.Data)))}))",
        Filter.Between b => $"({Name(b.Name)} BETWEEN {_values.Write(b.Low.Data)} AND {_values.Write(b.High.Data)})",
        Filter.IsNull n => $"({Name(n.Name)} IS NULL)",
        Filter.Contains t => $"contains({Name(t.Name)}, {_values.Write(t.Text)})",
        Filter.StartsWith t => $"starts_with({Name(t.Name)}, {_values.Write(t.Text)})",
        _ => throw new ArgumentException($"Nothing writes {filter.GetType().Name}.", nameof(filter)),
    };

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
