using DuckDB.NET.Data;
using Yunnao.Lake.Batches;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Standards;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Batches;

/// <summary>Writes the rows of <c>ops.quarantine</c> of the batches of one transaction.</summary>
internal sealed class QuarantineWriter(DuckDBConnection connection, BatchRange batches)
{
    /// <summary>Records that gave no row, counted by batch and data set id; the empty id stands for none.</summary>
    public Dictionary<(int Batch, string DataSet), long> Refused { get; } = [];

    private string Ordinals => $"SELECT batch AS q_batch, max(ordinal) AS q_last FROM ops.quarantine WHERE {batches.Of("batch")} GROUP BY 1";

    /// <summary>Copies the refused rows of a table that the batches have just filled.</summary>
    public void Copy(TableShape shape, Appended appended, CancellationToken cancellation)
    {
        var words = string.Join(", ", Enumerable.Range(0, shape.CheckWords).Select(SystemColumns.ChecksWord));
        connection.Run(
            $"""
            INSERT INTO ops.quarantine
            SELECT _batch, coalesce(q_last, 0) + row_number() OVER (PARTITION BY _batch ORDER BY rowid), $1,
                coalesce((_rejected->>'$.n')::BIGINT, {appended.PositionSql()}), (_rejected->>'$.o')::BIGINT, (_rejected->>'$.l')::BIGINT,
                {Reasons(shape)}, [{words}], _record, _rejected->'$.v'
            FROM {SqlNames.Table(shape)} LEFT JOIN ({Ordinals}) ON q_batch = _batch WHERE {batches.Mine} AND _rejected IS NOT NULL
            """,
            [shape.DataSet.Id],
            cancellation);
    }

    /// <summary>The reasons as a list, from the bit set of a table or of an alias such as <c>j.</c></summary>
    internal static string Reasons(TableShape shape, string alias = "")
    {
        var reasons = shape.Checks.Where(c => c.Severity == Severity.Reject)
            .Select(c => $"CASE WHEN ({alias}{SystemColumns.ChecksWord(c.Ordinal / 64)} & {1UL << (c.Ordinal % 64)}::UBIGINT) <> 0 THEN {Standards.Compile.Sql.Text(c.Reason)} END");
        return $"list_filter([{string.Join(", ", reasons)}]::VARCHAR[], lambda r: r IS NOT NULL)";
    }

    /// <summary>Adds records of one of the batches that gave no row.</summary>
    public void Refuse(int batch, IEnumerable<RefusedRecord> records)
    {
        var ordinal = connection.Scalar<long>($"SELECT coalesce(max(ordinal), 0) FROM ops.quarantine WHERE batch = {batch}");
        using var appender = connection.CreateAppender("ops", "quarantine");
        foreach (var record in records)
        {
            var row = appender.CreateRow();
            row.AppendValue(batch).AppendValue(++ordinal);
            row.AppendValue(record.DataSet).AppendValue(record.Record).AppendValue(record.Offset).AppendValue(record.Line);
            row.AppendValue([record.Path is null ? record.Code : $"{record.Code} {record.Path}"]);
            row.AppendNullValue().AppendNullValue().AppendNullValue().EndRow();
            var key = (batch, record.DataSet ?? "");
            Refused[key] = Refused.GetValueOrDefault(key) + 1;
        }
    }
}
