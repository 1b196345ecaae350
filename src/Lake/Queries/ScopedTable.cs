using System.Collections.Frozen;
using Yunnao.Kernel;
using Yunnao.Lake.Scopes;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.Queries;

/// <summary>A data set as a Scope shows it: the columns that exist for its holder and the rows that it reaches. All queries stand on this.</summary>
public sealed class ScopedTable
{
    private readonly FrozenDictionary<string, ScopedColumn> _byName;

    private ScopedTable(TableShape shape, RowFilter rows, IReadOnlyList<ScopedColumn> columns)
    {
        (Shape, Rows, Columns) = (shape, rows, columns);
        _byName = columns.ToFrozenDictionary(c => c.Name);
    }

    public TableShape Shape { get; }

    public RowFilter Rows { get; }

    /// <summary>System columns, then items in the order of the data set. An item that lives in a system column is there under both names.</summary>
    public IReadOnlyList<ScopedColumn> Columns { get; }

    /// <summary>The column of this name, or null.</summary>
    public ScopedColumn? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The table as a Scope shows it. Problems: <c>scope.data-set</c>, <c>scope.key</c> (it shows pseudonyms and has no key for them).</summary>
    public static Result<ScopedTable> Of(TableShape shape, Scope scope)
    {
        if (scope.Of(shape.DataSet.Id) is not { } right)
        {
            return new Problem(ProblemKind.Forbidden, "scope.data-set", $"The Scope does not reach {shape.DataSet.Id}.");
        }

        var table = new ScopedTable(shape, right.Rows, [.. SystemColumnsOf(shape, right), .. ItemsOf(shape, right)]);
        return scope.PseudonymKey.Length == Scope.PseudonymKeyLength || table.Columns.All(c => c.Action != ItemAction.Pseudonym)
            ? table
            : new Problem(ProblemKind.Forbidden, "scope.key", "The Scope shows pseudonyms and has no key for them.");
    }

    private static IEnumerable<ScopedColumn> SystemColumnsOf(TableShape shape, DataSetScope right)
    {
        foreach (var column in shape.Columns.TakeWhile(c => c.OfSystem))
        {
            var action = column switch
            {
                { Name: SystemColumns.Record or SystemColumns.Subject } => right.Keys,
                { Item: { } item } => right.ActionOn(item),
                _ => ItemAction.Clear,
            };
            if (action != ItemAction.Nothing) yield return new(column.Name, column, action);
        }
    }

    private static IEnumerable<ScopedColumn> ItemsOf(TableShape shape, DataSetScope right)
    {
        var physical = shape.Columns.ToDictionary(c => c.Name);
        foreach (var item in shape.DataSet.Items)
        {
            var action = right.ActionOn(item);
            if (action != ItemAction.Nothing && shape.ColumnOf(item.Name) is { } column) yield return new(item.Name, physical[column], action);
        }
    }
}
