using Yunnao.Kernel;
using Yunnao.Lake.Scopes;
using Yunnao.Standards;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.Queries;

/// <summary>A data set as a Scope shows it: the columns that exist for its holder and the rows that it reaches. All queries stand on this.</summary>
public sealed class ScopedTable
{
    private readonly Dictionary<string, ScopedColumn> _byName;

    private ScopedTable(TableShape shape, DataSetScope right, Scope scope, IReadOnlyList<ScopedColumn> columns)
    {
        (Shape, Rows, RowsShown, SmallestGroup, Open, Columns) = (shape, right.Rows, right.RowsShown, scope.SmallestGroup, scope.Operations, columns);
        _byName = columns.ToDictionary(c => c.Name);
        if (ArrivalOf(shape, right) is { } arrival) _byName[arrival.Name] = arrival;
    }

    public TableShape Shape { get; }

    public RowFilter Rows { get; }

    /// <summary>False when only results of aggregates are shown.</summary>
    public bool RowsShown { get; }

    /// <summary>Persons that a group of a result needs to be shown; 0 and 1 show all.</summary>
    public int SmallestGroup { get; }

    /// <summary>True for those who run the lake and see its own tables and columns.</summary>
    public bool Open { get; }

    /// <summary>System columns, then items in the order of the data set. An item that lives in a system column is there under both names; <see cref="Query.ArrivalColumn"/> is not there.</summary>
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

        var table = new ScopedTable(shape, right, scope, [.. SystemColumnsOf(shape, right, scope), .. ItemsOf(shape, right)]);
        return scope.PseudonymKey.Length == Scope.PseudonymKeyLength || table.Columns.All(c => c.Action != ItemAction.Pseudonym)
            ? table
            : new Problem(ProblemKind.Forbidden, "scope.key", "The Scope shows pseudonyms and has no key for them.");
    }

    private static IEnumerable<ScopedColumn> SystemColumnsOf(TableShape shape, DataSetScope right, Scope scope)
    {
        foreach (var column in shape.Columns.TakeWhile(c => c.OfSystem))
        {
            var action = column switch
            {
                { Name: SystemColumns.Record or SystemColumns.Subject } => right.Keys,
                { Item: { } item } => right.ActionOn(item),

                // The organisation of a data set that has no item for it, and the time, are in no person's interest; failed checks would tell
                // of values that are not shown.
                { Name: SystemColumns.Org or SystemColumns.Time or SystemColumns.Version } => ItemAction.Clear,
                _ => scope.Operations ? ItemAction.Clear : ItemAction.Nothing,
            };
            if (action != ItemAction.Nothing) yield return new(column.Name, column, action, Of(right, column.Item));
        }
    }

    /// <summary>A record comes soon after it happened: whoever is shown a month instead of a day is not told when it came.</summary>
    private static ScopedColumn? ArrivalOf(TableShape shape, DataSetScope right)
    {
        var time = shape.Columns.FirstOrDefault(c => c.Name == SystemColumns.Time)?.Item;
        return (time is null || right.ActionOn(time) == ItemAction.Clear) && shape.Columns.FirstOrDefault(c => c.Name == SystemColumns.Batch) is { } batch ? new(Query.ArrivalColumn, batch, ItemAction.Clear) : null;
    }

    private static IEnumerable<ScopedColumn> ItemsOf(TableShape shape, DataSetScope right)
    {
        var physical = shape.Columns.ToDictionary(c => c.Name);
        foreach (var item in shape.DataSet.Items)
        {
            var action = right.ActionOn(item);
            if (action != ItemAction.Nothing && shape.ColumnOf(item.Name) is { } column) yield return new(item.Name, physical[column], action, Of(right, item));
        }
    }

    private static Generalisation? Of(DataSetScope right, Item? item) => item is null ? null : right.Generalisations.GetValueOrDefault(item.Name);
}
