using System.Text;

namespace Yunnao.Standards.Compile;

/// <summary>
/// The table of a data set as DDL (DuckDB dialect) with its comments, to be read or to be run by hand. The lake makes its tables
/// from <see cref="TableShape"/> itself.
/// </summary>
public static class TableDdl
{
    /// <summary>CREATE SCHEMA, CREATE TABLE and one COMMENT ON a statement, each ending with <c>;</c> and a line break.</summary>
    public static string Build(DataSet dataSet)
    {
        var shape = new TableShape(dataSet);
        var table = $"{Sql.Name(shape.Schema)}.{Sql.Name(shape.Table)}";
        var sql = new StringBuilder();
        sql.Append($"CREATE SCHEMA IF NOT EXISTS {Sql.Name(shape.Schema)};\n");
        sql.Append($"CREATE TABLE IF NOT EXISTS {table} (\n  ");
        sql.AppendJoin(",\n  ", shape.Columns.Select(c => $"{Sql.Name(c.Name)} {c.SqlType}")).Append("\n);\n");
        sql.Append($"COMMENT ON TABLE {table} IS {Sql.Text($"{dataSet.Name.Zh} / {dataSet.Name.En} ({dataSet.Version})")};\n");
        foreach (var column in shape.Columns.Where(c => c.Item is not null))
        {
            sql.Append($"COMMENT ON COLUMN {table}.{Sql.Name(column.Name)} IS {Sql.Text(Comment(column.Item!))};\n");
        }

        return sql.ToString();
    }

    private static string Comment(Item item)
    {
        var comment = new StringBuilder($"{item.Title.Zh} / {item.Title.En}; {item.Element.Type} {item.Element.Format.Text}");
        if (item.ValueSet is { } set) comment.Append($"; {set.Id}");
        if (item.Unit is { } unit) comment.Append($"; {unit}");
        if (item.Level is { } level) comment.Append($"; level {level}");
        return comment.ToString();
    }
}
