using DuckDB.NET.Data;
using Yunnao.Kernel;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Tables;

/// <summary>
/// Makes the physical tables follow the registry: creates what is missing, adds columns, widens types. Never narrows, never drops.
/// An item gets its column when the first source sends it: a column that holds nothing would still be written with every row.
/// </summary>
internal sealed class TableMaker(DuckDBConnection connection, PhysicalCatalog catalog)
{
    /// <summary>Creates or alters the table of a data set, and its history table if there is one.</summary>
    public Problem? Make(TableShape shape)
    {
        if (catalog.Columns(shape) is null)
        {
            connection.Execute($"CREATE SCHEMA IF NOT EXISTS {SqlNames.Quote(shape.Schema)}");
            var columns = shape.Columns.Where(c => c.OfSystem).ToList();
            connection.Execute($"CREATE TABLE {SqlNames.Table(shape)} ({Definitions(columns)})");
            catalog.Add(shape, columns);
            return null;
        }

        return Alter(shape, SqlNames.Table(shape), catalog.Columns(shape)!)
            ?? (catalog.HistoryColumns(shape) is { } history ? Alter(shape, SqlNames.History(shape), history) : null);
    }

    /// <summary>Adds those of the columns that a data set's table lacks. False when it lacks none.</summary>
    public bool Add(TableShape shape, IEnumerable<Column> columns) => Add(SqlNames.Table(shape), catalog.Columns(shape)!, columns);

    /// <summary>Makes the history table of a data set hold what its table holds.</summary>
    /// <returns>The columns that both have.</returns>
    public IReadOnlyList<string> MakeHistory(TableShape shape)
    {
        var columns = shape.Columns.Where(c => catalog.Columns(shape)!.ContainsKey(c.Name)).ToList();
        if (catalog.HistoryColumns(shape) is { } existing) Add(SqlNames.History(shape), existing, columns);
        else connection.Execute($"CREATE TABLE {SqlNames.History(shape)} ({Definitions(columns)}, _superseded_by INTEGER)");
        return [.. columns.Select(c => c.Name)];
    }

    private static string Definitions(IEnumerable<Column> columns) => string.Join(", ", columns.Select(c => $"{SqlNames.Quote(c.Name)} {c.SqlType}"));

    private bool Add(string table, IReadOnlyDictionary<string, string> existing, IEnumerable<Column> columns)
    {
        var missing = columns.Where(c => !existing.ContainsKey(c.Name)).ToList();
        foreach (var column in missing) connection.Execute($"ALTER TABLE {table} ADD COLUMN IF NOT EXISTS {SqlNames.Quote(column.Name)} {column.SqlType}");
        return missing.Count > 0;
    }

    private Problem? Alter(TableShape shape, string table, IReadOnlyDictionary<string, string> existing)
    {
        var changed = Add(table, existing, shape.Columns.Where(c => c.OfSystem));
        foreach (var column in shape.Columns)
        {
            if (!existing.TryGetValue(column.Name, out var type) || type == column.SqlType) continue;
            if (!Widening.Allows(type, column.SqlType)) return Narrowed(shape, column, type);
            connection.Execute($"ALTER TABLE {table} ALTER COLUMN {SqlNames.Quote(column.Name)} SET DATA TYPE {column.SqlType}");
            changed = true;
        }

        if (changed) catalog.Refresh();
        return null;
    }

    private static Problem Narrowed(TableShape shape, Column column, string type) => new(
        ProblemKind.Conflict, "lake.narrowed",
        $"{shape.DataSet.Id}.{column.Name} is stored as {type} and the registry now says {column.SqlType}, which cannot hold every stored value. Give the item a new name, widen its type, or see what yunnao standards plan says.");
}
