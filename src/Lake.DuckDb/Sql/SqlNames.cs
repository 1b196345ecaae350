using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Sql;

/// <summary>SQL names of tables and columns, quoted.</summary>
public static class SqlNames
{
    public static string Quote(string name) => Standards.Compile.Sql.Name(name);

    /// <summary>A text literal, for the few statements of the engine that take no parameter.</summary>
    public static string Literal(string text) => Standards.Compile.Sql.Text(text);

    public static string Table(TableShape shape) => $"{Quote(shape.Schema)}.{Quote(shape.Table)}";

    public static string History(TableShape shape) => $"history.{Quote(shape.DataSet.Id)}";

    /// <summary>A column of a table under an alias; NULL of its type where the table does not have it yet.</summary>
    /// <param name="existing">The columns that the table really has.</param>
    public static string Column(Column column, string alias, IReadOnlyDictionary<string, string> existing) =>
        existing.ContainsKey(column.Name) ? $"{alias}.{Quote(column.Name)}" : $"NULL::{column.SqlType}";

    /// <summary>A list of columns.</summary>
    public static string List(IEnumerable<string> columns) => string.Join(", ", columns.Select(Quote));
}
