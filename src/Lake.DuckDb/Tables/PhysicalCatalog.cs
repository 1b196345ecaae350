using DuckDB.NET.Data;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Tables;

/// <summary>The tables and columns that the file really has, as they were when they were read.</summary>
internal sealed class PhysicalCatalog
{
    /// <summary>SQL that stands for a table that is not there, with the columns that every query looks at.</summary>
    public const string NoTable = "(SELECT NULL::VARCHAR AS _rejected, NULL::VARCHAR AS _org, NULL::UBIGINT AS _subject, NULL::UHUGEINT AS _record, NULL::INTEGER AS _batch WHERE false)";

    /// <summary>The columns of a table that is not there.</summary>
    public static IReadOnlyDictionary<string, string> None { get; } = new Dictionary<string, string>();

    private readonly DuckDBConnection _connection;
    private Dictionary<(string Schema, string Table), Dictionary<string, string>> _tables = [];

    public PhysicalCatalog(DuckDBConnection connection)
    {
        _connection = connection;
        Refresh();
    }

    /// <summary>Reads the catalog again, after tables were made or altered.</summary>
    public void Refresh()
    {
        var rows = _connection.Rows(
            r => (Key: (r.GetString(0), r.GetString(1)), Column: r.GetString(2), Type: r.GetString(3)),
            "SELECT schema_name, table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal AND database_name = current_database()");
        _tables = rows.GroupBy(r => r.Key).ToDictionary(g => g.Key, g => g.ToDictionary(r => r.Column, r => r.Type));
    }

    /// <summary>A table that was just made, without reading all others again: a new lake has hundreds.</summary>
    public void Add(TableShape shape, IEnumerable<Column> columns) => _tables[(shape.Schema, shape.Table)] = columns.ToDictionary(c => c.Name, c => c.SqlType);

    /// <summary>Column → type of a data set's table, or null when it has none yet.</summary>
    public IReadOnlyDictionary<string, string>? Columns(TableShape shape) => _tables.GetValueOrDefault((shape.Schema, shape.Table));

    /// <summary>True when there is a table of this name.</summary>
    public bool Has(string schema, string table) => _tables.ContainsKey((schema, table));

    /// <summary>Column → type of a data set's history table, or null when it has none yet.</summary>
    public IReadOnlyDictionary<string, string>? HistoryColumns(TableShape shape) => _tables.GetValueOrDefault(("history", shape.DataSet.Id));
}
