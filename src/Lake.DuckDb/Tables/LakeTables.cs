using DuckDB.NET.Data;
using Yunnao.Kernel;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Tables;

/// <summary>The tables of the lake: the shapes the registry asks for, and what the file has.</summary>
internal sealed class LakeTables(IEnumerable<TableShape> shapes)
{
    private readonly Dictionary<string, TableShape> _shapes = shapes.ToDictionary(s => s.DataSet.Id);

    /// <summary>All shapes in data set order.</summary>
    public IEnumerable<TableShape> Shapes => _shapes.Values.OrderBy(s => s.DataSet.Id, StringComparer.Ordinal);

    public TableShape? Find(string dataSet) => _shapes.GetValueOrDefault(dataSet);

    /// <summary>Makes every table follow its shape, all of them or none.</summary>
    /// <returns>What the file has then.</returns>
    public Result<PhysicalCatalog> MakeAll(DuckDBConnection connection)
    {
        using var transaction = connection.BeginTransaction();
        if (!Make(connection).Try(out var catalog, out var problem)) return problem;
        transaction.Commit();
        return catalog;
    }

    /// <summary>Makes every table follow its shape, inside the transaction of <paramref name="connection"/>.</summary>
    public Result<PhysicalCatalog> Make(DuckDBConnection connection)
    {
        var catalog = new PhysicalCatalog(connection);
        var maker = new TableMaker(connection, catalog);
        foreach (var shape in Shapes)
        {
            if (maker.Make(shape) is { } problem) return problem;
        }

        NoteVersions(connection);
        return catalog;
    }

    /// <summary>Notes the versions of all data sets in two statements: one a data set is most of the time in which a server starts.</summary>
    private void NoteVersions(DuckDBConnection connection)
    {
        if (_shapes.Count == 0) return;
        var versions = string.Join(", ", Shapes.Select(s => $"({SqlNames.Literal(s.DataSet.Id)}, {SqlNames.Literal(s.DataSet.Version)})"));
        connection.Execute($"UPDATE ops.data_set AS d SET version = v.version FROM (VALUES {versions}) AS v(id, version) WHERE v.id = d.id AND v.version <> d.version");
        connection.Execute($"INSERT INTO ops.data_set SELECT id, version, true FROM (VALUES {versions}) AS v(id, version) WHERE id NOT IN (SELECT id FROM ops.data_set)");
    }

    /// <summary>Makes the history table of a data set hold what its table holds, inside the transaction of <paramref name="connection"/>.</summary>
    /// <returns>The columns that both have.</returns>
    public static IReadOnlyList<string> MakeHistory(TableShape shape, DuckDBConnection connection) =>
        new TableMaker(connection, new PhysicalCatalog(connection)).MakeHistory(shape);
}
