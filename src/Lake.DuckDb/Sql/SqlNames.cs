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

    /// <summary>The physical columns of a shape in its order, with an optional table alias.</summary>
    public static string Columns(TableShape shape, string? alias = null) =>
        string.Join(", ", shape.Columns.Select(c => alias is null ? Quote(c.Name) : $"{alias}.{Quote(c.Name)}"));
}
