using System.Collections.Frozen;
using System.Globalization;
using Yunnao.Lake.DuckDb.Functions;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.Queries;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Queries;

/// <summary>
/// Writes a scoped query as one SELECT. Constants become parameters. What gives rows is written in one level, each name as what the Scope shows
/// under it: the engine plans a statement anew each time, and every level costs. Groups and changes stand on the scoped table as a subquery.
/// </summary>
/// <param name="survivors">Merged subject → the one under which its rows are found.</param>
internal sealed class SqlWriter(FrozenDictionary<ulong, ulong> survivors)
{
    private readonly SqlValues.Parameters _values = new(survivors);
    private (ScopedSelect Select, IReadOnlyDictionary<string, string> Existing)? _flat;

    public IReadOnlyList<object?> Parameters => _values.Values;

    /// <param name="source">SQL of the data set's table.</param>
    /// <param name="existing">The columns that the table really has.</param>
    /// <param name="history">SQL of the table of superseded versions, or null when there is none.</param>
    public string Write(ScopedQuery scoped, string source, IReadOnlyDictionary<string, string> existing, string? history)
    {
        var query = scoped.Query;
        var select = new ScopedSelect(_values, scoped.PseudonymKey);
        _flat = query.Grouped || query.Changes is not null ? null : (select, existing);
        string[] key = query.Keyed && _flat is null ? [$"r.{SystemColumns.Record} AS {Query.KeyColumn}"] : [];
        var outputs = string.Join(", ", query.Outputs.Select(o => $"{Expression(o, scoped.Table)} AS {SqlNames.Quote(o.Title)}").Concat(MoreColumns(scoped)));
        var inner = query.Changes is { } changes
            ? new ChangeSql(select, _values, scoped.Table, source, history, existing).Write(changes, key)
            : _flat is null ? select.Write(scoped.Table, source, existing, key) : select.From(scoped.Table, source);
        if (query.SinceBatch is { } batch) inner += $" AND r.{SystemColumns.Batch} > {_values.Write((long)batch)}";
        if (query.UntilBatch is { } last) inner += $" AND r.{SystemColumns.Batch} <= {_values.Write((long)last)}";
        var sql = _flat is null ? $"SELECT {outputs} FROM ({inner}) AS t" : $"SELECT {outputs} {inner}";
        if (query.Where is { } filter) sql += $" {(_flat is null ? "WHERE" : "AND")} {Condition(filter, scoped.Table)}";
        if (query.Grouped) sql += " GROUP BY ALL" + LargeGroups(scoped.Table);
        if (query.Order.Count > 0) sql += $" ORDER BY {string.Join(", ", query.Order.Select(o => Order(o, query, scoped.Table)))}";
        if (query.Limit is { } limit) sql += $" LIMIT {limit.ToString(CultureInfo.InvariantCulture)}";
        if (query.Offset > 0) sql += $" OFFSET {query.Offset.ToString(CultureInfo.InvariantCulture)}";
        return sql;
    }

    private IEnumerable<string> MoreColumns(ScopedQuery scoped)
    {
        if (scoped.Query.Changes is not null) yield return $"t.{ChangeRange.DeletedColumn} AS {ChangeRange.DeletedColumn}";
        if (!scoped.Query.Keyed) yield break;
        for (var i = 0; i < scoped.Query.Order.Count - 1; i++) yield return $"{Expression(new(scoped.Query.Order[i].Name), scoped.Table)} AS {Query.SortColumn(i)}";
        yield return $"record_text({Name(Query.KeyColumn, scoped.Table)}) AS {Query.KeyColumn}";
    }

    /// <summary>Leaves out groups of few persons. Whatever the group is of, what is counted are the persons behind its rows.</summary>
    private static string LargeGroups(ScopedTable table)
    {
        if (table.SmallestGroup <= 1) return "";
        var counting = table.SmallestGroup <= PersonsUpTo.Most ? "persons_up_to(" : "count(DISTINCT ";
        var persons = table.Shape.DataSet.Subject is null ? "count(*)" : $"{counting}t.{ScopedSelect.Person})";
        return string.Create(CultureInfo.InvariantCulture, $" HAVING {persons} >= {table.SmallestGroup}");
    }

    private string Name(string name, ScopedTable table)
    {
        if (_flat is not { } flat) return $"t.{SqlNames.Quote(name)}";
        return name == Query.KeyColumn ? $"r.{SystemColumns.Record}" : flat.Select.Shown(table.Find(name)!, flat.Existing);
    }

    private string Expression(Output output, ScopedTable table)
    {
        if (output.Name is null) return "count(*)";
        var (name, isRecord) = (Name(output.Name, table), table.Find(output.Name)!.Kind == ValueKind.Record);
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
        return isRecord && output.Aggregate is not (Aggregate.Count or Aggregate.CountDistinct) ? $"record_text({value})" : value;
    }

    private string Order(Ordering order, Query query, ScopedTable table)
    {
        // A grouped result has only its outputs; otherwise an output of the same name may be a text of the column.
        var at = query.Outputs.Select((o, i) => (o, i)).FirstOrDefault(p => p.o.Name == order.Name && p.o.Aggregate == Aggregate.None).i;
        var by = query.Grouped ? (at + 1).ToString(CultureInfo.InvariantCulture) : Name(order.Name, table);
        return $"{by} {(order.Descending ? "DESC" : "ASC")} NULLS LAST";
    }

    private string Condition(Filter filter, ScopedTable table) => filter switch
    {
        Filter.And and => Join(and.Parts, "AND", "true", table),
        Filter.Or or => Join(or.Parts, "OR", "false", table),
        Filter.Not not => $"(NOT {Condition(not.Part, table)})",
        Filter.Compare c => $"({Name(c.Name, table)} {Symbol(c.Comparison)} {_values.Write(c.Value.Data)})",
        Filter.In { Values.Count: 0 } => "false",
        Filter.In i => $"({Name(i.Name, table)} IN ({string.Join(", ", i.Values.Select(v => _values.Write(v.Data)))}))",
        Filter.Between b => $"({Name(b.Name, table)} BETWEEN {_values.Write(b.Low.Data)} AND {_values.Write(b.High.Data)})",
        Filter.IsNull n => $"({Name(n.Name, table)} IS NULL)",
        Filter.Contains t => $"contains({Name(t.Name, table)}, {_values.Write(t.Text)})",
        Filter.StartsWith t => $"starts_with({Name(t.Name, table)}, {_values.Write(t.Text)})",
        _ => throw new ArgumentException($"Nothing writes {filter.GetType().Name}.", nameof(filter)),
    };

    private string Join(IReadOnlyList<Filter> parts, string word, string empty, ScopedTable table) =>
        parts.Count == 0 ? empty : $"({string.Join($" {word} ", parts.Select(p => Condition(p, table)))})";

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
