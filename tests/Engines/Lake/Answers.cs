using Apache.Arrow;
using Yunnao.Kernel;
using Yunnao.Lake.DuckDb;
using Yunnao.Lake.Queries;
using Yunnao.Lake.Scopes;
using Yunnao.Trust.Rights;

namespace Yunnao.Tests.Engines.Lake;

/// <summary>Answers of the lake as lines of text, one a row, cells separated by a bar.</summary>
internal static class Answers
{
    public static Scope Administrator { get; } = LocalAdministrator.ScopeOver([TestShapes.Lab.DataSet, TestShapes.Drug.DataSet], "test");

    public static async Task<Result<List<string>>> Sql(this DuckDbLake lake, string sql, Scope? scope = null) =>
        await Lines(await lake.RunSqlAsync(scope ?? Administrator, sql, default));

    public static async Task<Result<List<string>>> Ask(this DuckDbLake lake, Query query, Scope? scope = null) =>
        await Lines(await lake.RunAsync(scope ?? Administrator, query, default));

    public static async Task<Result<List<string>>> Lines(Result<RowStream> result)
    {
        if (!result.Try(out var stream, out var problem)) return problem;
        var lines = new List<string>();
        await using (stream)
        {
            await foreach (var batch in stream.Batches)
            {
                using (batch)
                {
                    for (var row = 0; row < batch.Length; row++) lines.Add(string.Join('|', batch.Arrays.Select(a => Cell(a, row))));
                }
            }
        }

        return lines;
    }

    private static string Cell(IArrowArray array, int row) => array.IsNull(row) ? "-" : array switch
    {
        StringArray a => a.GetString(row),
        Int32Array a => $"{a.GetValue(row)}",
        Int64Array a => $"{a.GetValue(row)}",
        UInt64Array a => $"{a.GetValue(row)}",
        DoubleArray a => $"{a.GetValue(row)}",
        BooleanArray a => $"{a.GetValue(row)}",
        Date32Array a => $"{a.GetDateOnly(row):yyyy-MM-dd}",
        TimestampArray a => $"{a.GetTimestamp(row)?.UtcDateTime:yyyy-MM-dd HH:mm:ss}",
        Decimal128Array a => $"{a.GetValue(row)}",
        _ => array.GetType().Name,
    };
}
