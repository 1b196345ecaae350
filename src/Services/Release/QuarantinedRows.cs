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
        return lake.QuarantinedBatches($"({Fits(request)}) OR ({RecordFits(request)})");
    }

    /// <summary>A condition over <c>ops.quarantine q</c> that the rows of a request fulfil; rows that gave no row are none.</summary>
    public static string Fits(ReleaseRequest request) =>
        string.Join(" AND ", [.. Reasons(request), "q.checks IS NOT NULL", request.DataSet is { } id ? $"q.data_set = {SqlNames.Literal(id)}" : "true"]);

    /// <summary>A condition over <c>ops.quarantine q</c> that records fulfil which gave no row and may be asked for, whichever data set they belong to.</summary>
    public static string RecordFits(ReleaseRequest request) => string.Join(" AND ", [.. Reasons(request), "q.checks IS NULL", "q.record_number IS NOT NULL"]);

    /// <summary>Records of a batch that gave no row.</summary>
    public static long WithoutRow(DuckDBConnection connection, int batch) =>
        connection.Scalar<long>("SELECT count(*) FROM ops.quarantine WHERE batch = $1 AND checks IS NULL", batch);

    private static IEnumerable<string> Reasons(ReleaseRequest request)
    {
        if (request.Reason is { } reason) yield return $"len(list_filter(q.reasons, lambda r: starts_with(r, {SqlNames.Literal(reason)}))) > 0";
    }
}
