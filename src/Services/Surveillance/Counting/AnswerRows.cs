using Apache.Arrow;
using Yunnao.Kernel;
using Yunnao.Lake;
using Yunnao.Lake.Scopes;

namespace Yunnao.Services.Surveillance.Counting;

/// <summary>Reads the answers of text queries row by row.</summary>
internal static class AnswerRows
{
    /// <param name="noTable">The problem of a table that no service has made yet.</param>
    public static async Task<Result<List<T>>> ReadAsync<T>(
        ILakeEngine lake, Scope scope, string sql, Func<RecordBatch, int, T> read, CancellationToken cancellation, Problem? noTable = null)
    {
        if (!(await lake.RunSqlAsync(scope, sql, cancellation).ConfigureAwait(false)).Try(out var answer, out var problem))
            return problem.Code == "sql.table" ? noTable ?? NothingCounted() : problem;
        var rows = new List<T>();
        await using (answer.ConfigureAwait(false))
        {
            await foreach (var batch in answer.Batches.WithCancellation(cancellation).ConfigureAwait(false))
            {
                using (batch)
                {
                    for (var row = 0; row < batch.Length; row++) rows.Add(read(batch, row));
                }
            }
        }

        return rows;
    }

    public static string Text(this RecordBatch batch, int column, int row) => ((StringArray)batch.Column(column)).GetString(row) ?? "";

    public static string? TextOrNull(this RecordBatch batch, int column, int row) => ((StringArray)batch.Column(column)).GetString(row);

    public static long Whole(this RecordBatch batch, int column, int row) => ((Int64Array)batch.Column(column)).GetValue(row) ?? 0;

    public static long? WholeOrNull(this RecordBatch batch, int column, int row) => ((Int64Array)batch.Column(column)).GetValue(row);

    public static double Real(this RecordBatch batch, int column, int row) => ((DoubleArray)batch.Column(column)).GetValue(row) ?? double.NaN;

    public static DateOnly Day(this RecordBatch batch, int column, int row) => ((Date32Array)batch.Column(column)).GetDateOnly(row) ?? default;

    public static DateOnly? DayOrNull(this RecordBatch batch, int column, int row) => ((Date32Array)batch.Column(column)).GetDateOnly(row);

    public static DateTime? TimeOrNull(this RecordBatch batch, int column, int row) => ((TimestampArray)batch.Column(column)).GetTimestamp(row)?.UtcDateTime;

    private static Problem NothingCounted() =>
        new(ProblemKind.NotFound, "surveillance.nothing-counted", "Nothing has been counted yet in this lake: yunnao epidemic detect counts.");
}
