using System.Globalization;
using Yunnao.Lake.DuckDb.Sql;

namespace Yunnao.Services.Ingest;

/// <summary>The questions to the quarantine.</summary>
public static class QuarantineSql
{
    private const string Columns =
        "SELECT q.batch, b.file_name, b.source, q.ordinal, q.data_set, q.record_number, q.line, q.byte_offset, array_to_string(q.reasons, '; ') AS reasons, q.values"
        + " FROM ops.quarantine q JOIN ops.batch b ON b.number = q.batch";

    /// <summary>Rows by data set and reason.</summary>
    public static string Reasons(int? batch, string? dataSet, string? reason) =>
        $"""
        SELECT data_set, reason, count(*) AS rows, count(DISTINCT batch) AS batches
        FROM (SELECT data_set, batch, unnest(reasons) AS reason FROM ops.quarantine q{Where(batch, dataSet, reason)}) GROUP BY ALL ORDER BY rows DESC, data_set, reason
        """;

    /// <summary>The rows themselves, the newest batch first.</summary>
    public static string Rows(int? batch, string? dataSet, string? reason, int most) =>
        string.Create(CultureInfo.InvariantCulture, $"{Columns}{Where(batch, dataSet, reason)} ORDER BY q.batch DESC, q.ordinal LIMIT {Math.Max(0, most)}");

    /// <summary>All rows, the oldest batch first.</summary>
    public static string Export(int? batch, string? dataSet, string? reason) => $"{Columns}{Where(batch, dataSet, reason)} ORDER BY q.batch, q.ordinal";

    private static string Where(int? batch, string? dataSet, string? reason)
    {
        var conditions = new List<string>();
        if (batch is { } number) conditions.Add(string.Create(CultureInfo.InvariantCulture, $"q.batch = {number}"));
        if (dataSet is not null) conditions.Add($"q.data_set = {SqlNames.Literal(dataSet)}");
        if (reason is not null) conditions.Add($"len(list_filter(q.reasons, lambda r: starts_with(r, {SqlNames.Literal(reason)}))) > 0");
        return conditions.Count == 0 ? "" : $" WHERE {string.Join(" AND ", conditions)}";
    }
}
