using DuckDB.NET.Data;
using Yunnao.Lake.DuckDb;
using Yunnao.Lake.DuckDb.Sql;

namespace Yunnao.Services.Release;

/// <summary>What is asked of <c>ops.quarantine</c>.</summary>
internal static class QuarantinedRows
{
    /// <summary>The batches that have rows that fit a request, the oldest first.</summary>
    public static IReadOnlyList<int> Batches(DuckDbLake lake, ReleaseRequest request)
    {
        var corrected = request.Corrections?.Select(c => c.Batch).Distinct().Order().ToList();
        if (corrected is { Count: > 0 }) return corrected;
        if (request.Batch is { } number) return [number];
        return lake.QuarantinedBatches(Fits(request));
    }

    /// <summary>A condition over <c>ops.quarantine q</c> that the rows of a request fulfil; rows that gave no row are none.</summary>
    public static string Fits(ReleaseRequest request)
    {
        var conditions = new List<string> { "q.checks IS NOT NULL" };
        if (request.DataSet is { } dataSet) conditions.Add($"q.data_set = {SqlNames.Literal(dataSet)}");
        if (request.Reason is { } reason) conditions.Add($"len(list_filter(q.reasons, lambda r: starts_with(r, {SqlNames.Literal(reason)}))) > 0");
        return string.Join(" AND ", conditions);
    }

    /// <summary>Records of a batch that gave no row.</summary>
    public static long Unreadable(DuckDBConnection connection, int batch) =>
        connection.Scalar<long>("SELECT count(*) FROM ops.quarantine WHERE batch = $1 AND checks IS NULL", batch);
}
