using DuckDB.NET.Data;
using Yunnao.Kernel;
using Yunnao.Lake.DuckDb.Shelves;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.DuckDb.Tables;
using Yunnao.Lake.Migration;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Migration;

/// <summary>
/// Takes the tables from one registry to the next, all of them in one transaction: renames columns, narrows types whose stored values
/// all fit, and creates, adds and widens as opening does. A column is never dropped.
/// </summary>
internal sealed class Migration(DuckDBConnection connection, IReadOnlyList<TableShape> shapes)
{
    /// <summary>The columns whose new type would lose values that are stored. Renamed columns are looked up by their old name.</summary>
    public List<ColumnLoss> Losses(IReadOnlyList<ColumnRename> renames)
    {
        var catalog = new PhysicalCatalog(connection);
        var losses = new List<ColumnLoss>();
        foreach (var shape in shapes)
        {
            foreach (var (column, name, type) in Narrowed(shape, catalog, renames))
            {
                var lost = Tables(shape, catalog, name).Sum(t => Lost(t, name, type, column.SqlType));
                if (lost > 0) losses.Add(new(shape.DataSet.Id, column.Name, type, column.SqlType, lost));
            }
        }

        return losses;
    }

    /// <summary>Rows of the data sets whose record key, subject, time or organisation is another item now: these columns cannot be computed again.</summary>
    public long Rows(TableShape shape)
    {
        var catalog = new PhysicalCatalog(connection);
        return Tables(shape, catalog, SystemColumns.Record).Sum(t => connection.Scalar<long>($"SELECT count(*) FROM {t}"));
    }

    /// <summary>Does all of it, inside the transaction of the connection. Problems: <c>lake.would-lose</c>, <c>lake.narrowed</c>.</summary>
    public Problem? Run(IReadOnlyList<ColumnRename> renames)
    {
        if (Losses(renames) is [var loss, ..])
        {
            return new(
                ProblemKind.Conflict, "lake.would-lose",
                $"{loss.Values} stored values of {loss.DataSet}.{loss.Column} ({loss.From}) do not fit into {loss.To}");
        }

        var catalog = new PhysicalCatalog(connection);
        foreach (var shape in shapes)
        {
            foreach (var rename in renames.Where(r => r.DataSet == shape.DataSet.Id)) Rename(shape, rename, catalog);
            catalog.Refresh();
            foreach (var (column, name, _) in Narrowed(shape, catalog, []).ToList())
            {
                foreach (var table in Tables(shape, catalog, name))
                {
                    connection.Execute($"ALTER TABLE {table} ALTER COLUMN {SqlNames.Quote(name)} SET DATA TYPE {column.SqlType}");
                }
            }
        }

        ShelfFolder.ForgetAll(connection);
        return new LakeTables(shapes).Make(connection).Problem;
    }

    private void Rename(TableShape shape, ColumnRename rename, PhysicalCatalog catalog)
    {
        foreach (var table in Tables(shape, catalog, rename.From))
        {
            connection.Execute($"ALTER TABLE {table} RENAME COLUMN {SqlNames.Quote(rename.From)} TO {SqlNames.Quote(rename.To)}");
        }
    }

    private static IEnumerable<(Column Column, string Stored, string Type)> Narrowed(TableShape shape, PhysicalCatalog catalog, IReadOnlyList<ColumnRename> renames)
    {
        if (catalog.Columns(shape) is not { } existing) yield break;
        foreach (var column in shape.Columns.Where(c => c.Item is not null))
        {
            var old = renames.FirstOrDefault(r => r.DataSet == shape.DataSet.Id && r.To == column.Name)?.From;
            var name = old is not null && existing.ContainsKey(old) ? old : column.Name;
            if (existing.TryGetValue(name, out var type) && type != column.SqlType && !Widening.Allows(type, column.SqlType)) yield return (column, name, type);
        }
    }

    private long Lost(string table, string column, string from, string to)
    {
        var name = SqlNames.Quote(column);
        return connection.Scalar<long>(
            $"SELECT count(*) FROM {table} WHERE {name} IS NOT NULL AND TRY_CAST(TRY_CAST({name} AS {to}) AS {from}) IS DISTINCT FROM {name}");
    }

    /// <summary>The table of a data set and that of its history, as far as they have a column.</summary>
    private static IEnumerable<string> Tables(TableShape shape, PhysicalCatalog catalog, string column)
    {
        if (catalog.Columns(shape)?.ContainsKey(column) == true) yield return SqlNames.Table(shape);
        if (catalog.HistoryColumns(shape)?.ContainsKey(column) == true) yield return SqlNames.History(shape);
    }
}
