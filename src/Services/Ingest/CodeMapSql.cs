using Yunnao.Lake.DuckDb.Batches;
using Yunnao.Standards;
using Yunnao.Standards.Compile;

namespace Yunnao.Services.Ingest;

/// <summary>
/// Applies code maps in SQL without a join, which would keep the scan from being inserted in parallel: the source codes are an ENUM type,
/// its number picks the target from a list. A code the map does not hold is passed on.
/// </summary>
internal sealed class CodeMapSql(Registry registry, WritingTransaction transaction)
{
    public string Apply(string text, string mapId)
    {
        var codes = registry.CodeMaps[mapId].Codes;
        if (codes.Count == 0) return text;
        var type = Sql.Name($"map {mapId}");
        transaction.MakeType(type, $"CREATE TEMP TYPE {type} AS ENUM ({string.Join(", ", codes.Keys.Select(Sql.Text))})");
        return $"coalesce([{string.Join(", ", codes.Values.Select(Sql.Text))}][enum_code(TRY_CAST({text} AS {type})) + 1], {text})";
    }
}
