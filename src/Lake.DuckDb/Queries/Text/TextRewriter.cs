using System.Text.Json.Nodes;
using Yunnao.Kernel;

namespace Yunnao.Lake.DuckDb.Queries.Text;

/// <summary>
/// Walks the engine's own syntax tree of a SELECT and replaces every table by what the Scope shows of it. Every kind of node, every
/// function and every table must be known here; anything else ends the walk with a refusal.
/// </summary>
/// <param name="replace">Gives the node to put in the place of a table named with its schema, or throws.</param>
/// <param name="isDataSet">True for a schema and table that name a data set.</param>
internal sealed class TextRewriter(Func<string, string, JsonObject, JsonObject> replace, Func<string, string, bool> isDataSet)
{
    public void Rewrite(JsonObject statement) => Visit(statement, new CommonTables(null));

    private void Visit(JsonNode? node, CommonTables tables)
    {
        if (node is JsonArray array)
        {
            for (var i = 0; i < array.Count; i++) Replace(array[i], tables, n => array[i] = n);
        }
        else if (node is JsonObject item)
        {
            Judge(item);
            if (Text(item, "class") == "CONSTANT") return;
            var inner = item["cte_map"] is JsonObject map ? Enter(map, tables) : tables;
            foreach (var name in item.Select(p => p.Key).Where(n => n != "cte_map").ToList()) Replace(item[name], inner, n => item[name] = n);
        }
    }

    private void Replace(JsonNode? node, CommonTables tables, Action<JsonNode> put)
    {
        if (node is not JsonObject item || item.ContainsKey("class") || Text(item, "type") != "BASE_TABLE")
        {
            Visit(node, tables);
            return;
        }

        if (Table(item, tables) is { } replacement) put(replacement);
    }

    /// <summary>Visits common table expressions in their order; gives the names that the query after them sees.</summary>
    private CommonTables Enter(JsonObject map, CommonTables around)
    {
        var tables = new CommonTables(around);
        foreach (var entry in map["map"] as JsonArray ?? [])
        {
            var name = Text((JsonObject)entry!, "key") ?? "";
            var body = entry!["value"]?["query"]?["node"] as JsonObject;
            if (body is not null && Text(body, "type") == "RECURSIVE_CTE_NODE") tables.Add(name);
            Visit(entry["value"], tables);
            tables.Add(name);
        }

        return tables;
    }

    private void Judge(JsonObject item)
    {
        var (kind, type) = (Text(item, "class"), Text(item, "type"));
        if (kind is not null)
        {
            if (!AllowedNodes.Expressions.Contains(kind)) throw Unsupported(kind);
            if (kind is "FUNCTION" or "WINDOW") JudgeFunction(item, AllowedFunctions.Contains);
            if (kind == "COLUMN_REF") DropSchema(item);
        }
        else if (type is not null)
        {
            if (!AllowedNodes.Others.Contains(type)) throw Unsupported(type);
            if (type == "TABLE_FUNCTION") JudgeFunction((JsonObject)item["function"]!, AllowedFunctions.ContainsTable);
        }
    }

    private static void JudgeFunction(JsonObject function, Func<string, bool> allowed)
    {
        var name = Text(function, "function_name") ?? "";
        if (!allowed(name) || Text(function, "schema") is not (null or "" or "main") || Text(function, "catalog") is not (null or ""))
        {
            throw TextRefusedException.Of("sql.function", $"The function {name} is not allowed in queries.");
        }
    }

    // The table becomes a subquery that has its name but no schema, so lab.result.value becomes result.value.
    private void DropSchema(JsonObject reference)
    {
        if (reference["column_names"] is JsonArray { Count: > 2 } names && isDataSet((string)names[0]!, (string)names[1]!)) names.RemoveAt(0);
    }

    private JsonObject? Table(JsonObject table, CommonTables tables)
    {
        var (schema, name) = (Text(table, "schema_name") ?? "", Text(table, "table_name") ?? "");
        if (Text(table, "catalog_name") is not (null or "") || table["at_clause"] is not null)
        {
            throw TextRefusedException.Of("sql.table", $"{name} cannot be read in this way; name a data set as domain.name.");
        }

        if (schema.Length > 0) return replace(schema, name, table);
        if (tables.Contains(name)) return null;
        throw TextRefusedException.Of("sql.table", $"There is no table {name} here; name a data set as domain.name.", ProblemKind.NotFound);
    }

    private static TextRefusedException Unsupported(string what) =>
        TextRefusedException.Of("sql.unsupported", $"{what} is not allowed in queries.", ProblemKind.Unsupported);

    private static string? Text(JsonObject item, string name) =>
        item[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
