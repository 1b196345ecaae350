using DuckDB.NET.Data;
using Yunnao.Standards;
using Yunnao.Standards.Compile;

namespace Yunnao.Services.Ingest;

/// <summary>Applies code maps in SQL: a few codes as a CASE, more as a look-up in a temporary table. A code the map does not hold is passed on.</summary>
internal sealed class CodeMapSql(Registry registry, DuckDBConnection connection)
{
    private const int InPlace = 8;
    private readonly HashSet<string> _tables = new(StringComparer.Ordinal);

    public string Apply(string text, string mapId)
    {
        var codes = registry.CodeMaps[mapId].Codes;
        if (codes.Count == 0) return text;
        if (codes.Count <= InPlace)
            return $"CASE {text} {string.Join(" ", codes.Select(c => $"WHEN {Sql.Text(c.Key)} THEN {Sql.Text(c.Value)}"))} ELSE {text} END";
        var table = Sql.Name($"map {mapId}");
        if (_tables.Add(table)) Create(table, codes);
        return $"coalesce((SELECT m.target FROM {table} m WHERE m.source = {text}), {text})";
    }

    private void Create(string table, IReadOnlyDictionary<string, string> codes)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"CREATE TEMP TABLE {table} AS SELECT * FROM (VALUES {string.Join(", ", codes.Select(c => $"({Sql.Text(c.Key)}, {Sql.Text(c.Value)})"))}) v(source, target)";
        command.ExecuteNonQuery();
    }
}
