using DuckDB.NET.Data;
using Yunnao.Lake.DuckDb.Sql;

namespace Yunnao.Lake.DuckDb.Text;

/// <summary>Makes one database file of Parquet files: a table each.</summary>
public static class DatabaseFile
{
    /// <param name="file">Replaced if it is there.</param>
    /// <param name="tables">Name of the table (<c>lab.result</c> is <c>result</c> in the schema <c>lab</c>) and its file.</param>
    public static void Write(string file, IEnumerable<(string Name, string Parquet)> tables)
    {
        ArgumentNullException.ThrowIfNull(tables);
        File.Delete(file);
        using var connection = new DuckDBConnection($"DataSource={file};threads=2;memory_limit=1GB");
        connection.Open();
        foreach (var (name, parquet) in tables)
        {
            var dot = name.IndexOf('.', StringComparison.Ordinal);
            connection.Execute($"CREATE SCHEMA IF NOT EXISTS {SqlNames.Quote(name[..dot])}");
            connection.Execute($"CREATE TABLE {SqlNames.Quote(name[..dot])}.{SqlNames.Quote(name[(dot + 1)..])} AS FROM read_parquet({SqlNames.Literal(parquet)})");
        }
    }
}
