using System.Collections.Frozen;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using DuckDB.NET.Data;
using Yunnao.Kernel;
using Yunnao.Lake.DuckDb.Settle;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.DuckDb.Tables;
using Yunnao.Lake.Queries;
using Yunnao.Lake.Scopes;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Queries.Text;

/// <summary>
/// Makes of the text of a SELECT a statement with the Scope inside. The engine itself parses the text and runs the changed tree, so what
/// is judged is what is run.
/// </summary>
internal sealed class TextQuery(DuckDBConnection connection, LakeTables tables, Scope scope, FrozenDictionary<ulong, ulong> survivors)
{
    private static readonly JsonSerializerOptions s_plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly HashSet<string> s_operations =
        ["batch", "batch_count", "batch_org", "change", "check_list", "correction", "data_set", "derived", "quarantine", "rejudged", "release"];

    private readonly PhysicalCatalog _catalog = new(connection);
    private readonly bool _touched = Touches.Pending(connection);

    /// <summary>The statement to run. Problems: <c>sql.*</c>, <c>scope.*</c>.</summary>
    public Result<string> Scoped(string sql)
    {
        try
        {
            var statement = Parse(sql);
            new TextRewriter(Table, (schema, table) => tables.Find($"{schema}.{table}") is not null).Rewrite(statement);
            return Run(statement);
        }
        catch (TextRefusedException e)
        {
            return e.Problem;
        }
    }

    private JsonObject Parse(string sql)
    {
        var parsed = (JsonObject)JsonNode.Parse(connection.Scalar<string>("SELECT json_serialize_sql($1::VARCHAR)", sql)!)!;
        if (parsed["statements"] is JsonArray { Count: 1 } statements)
        {
            var statement = (JsonObject)statements[0]!;
            statements.Clear();
            return statement;
        }

        // The parser's message is about the text that the asker wrote.
        throw parsed["error_message"] is { } message
            ? TextRefusedException.Of("sql.invalid", $"{message}", ProblemKind.Incorrect)
            : TextRefusedException.Of("sql.invalid", "One SELECT is expected.", ProblemKind.Incorrect);
    }

    /// <summary>Runs the tree; record keys, which Arrow has no type for, come as text.</summary>
    private string Run(JsonObject statement)
    {
        var source = Source(statement);
        var types = connection.Rows(r => (Name: r.GetString(0), Type: r.GetString(1)), $"DESCRIBE SELECT * FROM {source}");
        var columns = types.Select((t, i) => $"{Shown($"q.c{i}", t.Type)} AS {SqlNames.Quote(t.Name)}");
        return $"SELECT {string.Join(", ", columns)} FROM {source} AS q({string.Join(", ", types.Select((_, i) => $"c{i}"))})";
    }

    /// <summary>
    /// The tree as the engine writes it down again, when the engine reads that as the very same tree: its rows come as they are found and the
    /// work can be stopped. A tree that does not come back the same is executed as it is, which holds the whole answer before its first row.
    /// </summary>
    private string Source(JsonObject statement)
    {
        var tree = new JsonObject { ["error"] = false, ["statements"] = new JsonArray(statement) }.ToJsonString(s_plain);
        return Written(tree, statement) is { } text ? $"({text})" : $"json_execute_serialized_sql({SqlNames.Literal(tree)})";
    }

    private string? Written(string tree, JsonObject statement)
    {
        try
        {
            var text = connection.Scalar<string>("SELECT json_deserialize_sql($1::JSON)", tree)!;
            return JsonNode.DeepEquals(WithoutPlaces(Parse(text)), WithoutPlaces(statement.DeepClone())) ? text : null;
        }
        catch (Exception e) when (e is DuckDBException or TextRefusedException)
        {
            // A tree that has no text, or a text that cannot be read.
            return null;
        }
    }

    /// <summary>Takes out where in the text each part stood.</summary>
    private static JsonNode? WithoutPlaces(JsonNode? node)
    {
        if (node is JsonArray list)
        {
            foreach (var part in list) WithoutPlaces(part);
        }
        else if (node is JsonObject parts)
        {
            parts.Remove("query_location");
            foreach (var (_, part) in parts) WithoutPlaces(part);
        }

        return node;
    }

    private static string Shown(string column, string type) => type switch
    {
        "UHUGEINT" => $"record_text({column})",
        _ when type.Contains("UHUGEINT", StringComparison.Ordinal) => $"{column}::{type.Replace("UHUGEINT", "VARCHAR", StringComparison.Ordinal)}",
        _ => column,
    };

    private JsonObject Table(string schema, string name, JsonObject table)
    {
        var id = $"{schema}.{name}".ToLowerInvariant();
        if (tables.Find(id) is { } shape) return Subquery(table, name, DataSet(shape));
        if (schema.Equals("ops", StringComparison.OrdinalIgnoreCase) && s_operations.Contains(name.ToLowerInvariant()))
        {
            return scope.Operations ? Subquery(table, name, $"SELECT * FROM ops.{name.ToLowerInvariant()}") : throw NoOperations();
        }

        if (IsDerived(schema.ToLowerInvariant(), name.ToLowerInvariant()))
        {
            return scope.Operations ? Subquery(table, name, $"SELECT * FROM {SqlNames.Quote(schema)}.{SqlNames.Quote(name)}") : throw NoOperations();
        }

        if (schema.Equals("history", StringComparison.OrdinalIgnoreCase) && tables.Find(name.ToLowerInvariant()) is { } former)
        {
            return scope.Operations ? Subquery(table, name, History(former)) : throw NoOperations();
        }

        throw TextRefusedException.Of("sql.table", $"There is no data set {id}.", ProblemKind.NotFound);
    }

    private string DataSet(TableShape shape)
    {
        var scoped = Scoped(shape);
        if (!scoped.RowsShown) throw TextRefusedException.Of("scope.rows", $"The Scope shows no single rows of {shape.DataSet.Id}; ask by a query tree of aggregates.");
        var (source, columns) = _catalog.Columns(shape) is { } existing
            ? (_touched ? Touches.Through(shape) : SqlNames.Table(shape), existing)
            : (PhysicalCatalog.NoTable, PhysicalCatalog.None);
        return scoped.Open
            ? Select(scoped, source, columns)
            : new ScopedSelect(new SqlValues.Literals(survivors), scope.PseudonymKey).WriteGuarded(scoped, source, columns);
    }

    private string History(TableShape shape) => _catalog.HistoryColumns(shape) is { } existing
        ? Select(Scoped(shape), SqlNames.History(shape), existing, "_superseded_by")
        : throw TextRefusedException.Of("sql.table", $"No version of {shape.DataSet.Id} has been superseded yet.", ProblemKind.NotFound);

    private ScopedTable Scoped(TableShape shape) => ScopedTable.Of(shape, scope).Try(out var table, out var problem)
        ? table
        : throw new TextRefusedException(problem);

    private string Select(ScopedTable table, string source, IReadOnlyDictionary<string, string> existing, params IEnumerable<string> more) =>
        new ScopedSelect(new SqlValues.Literals(survivors), scope.PseudonymKey).Write(table, source, existing, more);

    private JsonObject Subquery(JsonObject table, string name, string select)
    {
        var alias = (string?)table["alias"];
        return new JsonObject
        {
            ["type"] = "SUBQUERY",
            ["alias"] = string.IsNullOrEmpty(alias) ? name : alias,
            ["sample"] = table["sample"]?.DeepClone(),
            ["query_location"] = table["query_location"]?.DeepClone(),
            ["subquery"] = Parse(select),
            ["column_name_alias"] = table["column_name_alias"]?.DeepClone(),
        };
    }

    /// <summary>True for a table that a service keeps; there is none in a lake that was last written before there were any.</summary>
    private bool IsDerived(string schema, string table) =>
        _catalog.Has(schema, table) && _catalog.Has("ops", "derived")
        && connection.Scalar<long>("SELECT count(*) FROM ops.derived WHERE schema = $1", schema) > 0;

    private static TextRefusedException NoOperations() => TextRefusedException.Of("scope.operations", "The Scope does not reach the lake's own tables.");
}
