using DuckDB.NET.Data;
using Yunnao.Lake.Batches;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Standards;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Batches;

/// <summary>Writes a batch's rows of <c>ops.quarantine</c>.</summary>
internal sealed class QuarantineWriter(DuckDBConnection connection, int batch, string? organisation, DateOnly today)
{
    private long _ordinal;

    /// <summary>Records that gave no row, counted by data set id; the empty id stands for none.</summary>
    public Dictionary<string, long> Refused { get; } = [];

    /// <summary>Copies the refused rows of a table that the batch has just filled.</summary>
    public void Copy(TableShape shape, Appended appended, CancellationToken cancellation)
    {
        var words = string.Join(", ", Enumerable.Range(0, shape.CheckWords).Select(SystemColumns.ChecksWord));
        var rows = connection.Run(
            $"""
            INSERT INTO ops.quarantine
            SELECT {batch}, {_ordinal} + row_number() OVER (ORDER BY rowid), $1,
                coalesce((_rejected->>'$.n')::BIGINT, {appended.PositionSql()}), (_rejected->>'$.o')::BIGINT, (_rejected->>'$.l')::BIGINT,
                {Reasons(shape)}, [{words}], _record, _rejected->'$.v', {Org(organisation)}, {Day(shape, today)}
            FROM {SqlNames.Table(shape)} WHERE _batch = {batch} AND _rejected IS NOT NULL
            """,
            [shape.DataSet.Id],
            cancellation);
        _ordinal += rows;
    }

    /// <summary>SQL of the institution of a row; that of the file where the row does not say it.</summary>
    internal static string Org(string? organisation, string alias = "") =>
        organisation is null ? $"{alias}_org" : $"coalesce(nullif({alias}_org, ''), {SqlNames.Literal(organisation)})";

    /// <summary>SQL of the day of a row: of its event, or of its loading where the row has no time that can be believed.</summary>
    internal static string Day(TableShape shape, DateOnly today, string table = "", string bits = "")
    {
        var day = $"coalesce({table}_time::DATE, DATE '{today:yyyy-MM-dd}')";
        var wrong = shape.Checks.Where(c => c.Item == shape.DataSet.Time && c.Severity == Severity.Reject)
            .Select(c => $"({bits}{SystemColumns.ChecksWord(c.Ordinal / 64)} & {1UL << (c.Ordinal % 64)}::UBIGINT) <> 0").ToList();
        return wrong.Count == 0 ? day : $"CASE WHEN {string.Join(" OR ", wrong)} THEN DATE '{today:yyyy-MM-dd}' ELSE {day} END";
    }

    /// <summary>The reasons as a list, from the bit set of a table or of an alias such as <c>j.</c></summary>
    internal static string Reasons(TableShape shape, string alias = "")
    {
        var reasons = shape.Checks.Where(c => c.Severity == Severity.Reject)
            .Select(c => $"CASE WHEN ({alias}{SystemColumns.ChecksWord(c.Ordinal / 64)} & {1UL << (c.Ordinal % 64)}::UBIGINT) <> 0 THEN {Standards.Compile.Sql.Text(c.Reason)} END");
        return $"list_filter([{string.Join(", ", reasons)}]::VARCHAR[], lambda r: r IS NOT NULL)";
    }

    /// <summary>Adds records that gave no row.</summary>
    public void Refuse(IEnumerable<RefusedRecord> records)
    {
        using var appender = connection.CreateAppender("ops", "quarantine");
        foreach (var record in records)
        {
            var row = appender.CreateRow();
            row.AppendValue(batch).AppendValue(++_ordinal);
            row.AppendValue(record.DataSet).AppendValue(record.Record).AppendValue(record.Offset).AppendValue(record.Line);
            row.AppendValue([record.Path is null ? record.Code : $"{record.Code} {record.Path}"]);
            row.AppendNullValue().AppendNullValue().AppendNullValue().AppendValue(organisation).AppendValue(today).EndRow();
            var dataSet = record.DataSet ?? "";
            Refused[dataSet] = Refused.GetValueOrDefault(dataSet) + 1;
        }
    }
}
