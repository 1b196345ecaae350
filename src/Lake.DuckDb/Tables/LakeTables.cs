using DuckDB.NET.Data;
using Yunnao.Kernel;
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
    public Problem? MakeAll(DuckDBConnection connection)
    {
        using var transaction = connection.BeginTransaction();
        if (Make(connection) is { } problem) return problem;
        transaction.Commit();
        return null;
    }

    /// <summary>Makes every table follow its shape, inside the transaction of <paramref name="connection"/>.</summary>
    public Problem? Make(DuckDBConnection connection)
    {
        OpsTables.Create(connection);
        var maker = new TableMaker(connection, new PhysicalCatalog(connection));
        foreach (var shape in Shapes)
        {
            if (maker.Make(shape) is { } problem) return problem;
        }

        return null;
    }

    /// <summary>Makes the history table of a data set hold what its table holds, inside the transaction of <paramref name="connection"/>.</summary>
    /// <returns>The columns that both have.</returns>
    public static IReadOnlyList<string> MakeHistory(TableShape shape, DuckDBConnection connection) =>
        new TableMaker(connection, new PhysicalCatalog(connection)).MakeHistory(shape);
}
