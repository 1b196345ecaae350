using DuckDB.NET.Data;
using Yunnao.Lake.Batches;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Standards;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Batches;

/// <summary>Writes the rows of <c>ops.quarantine</c> of the batches of a transaction.</summary>
internal sealed class QuarantineWriter(DuckDBConnection connection, DateOnly today)
{
    private readonly Dictionary<int, long> _ordinals = [];

    /// <summary>Records that gave no row, counted by batch and data set id; the empty id stands for none.</summary>
    public Dictionary<(int Batch, string DataSet), long> Refused { get; } = [];

    /// <summary>Institution of the records that do not say theirs.</summary>
    public string? Organisation { get; set; }

    /// <summary>Copies the refused rows of a table that the batches have just filled.</summary>
    /// <param name="refused">How many each batch has.</param>
    public void Copy(TableShape shape, Appended appended, BatchRange batches, IReadOnlyDictionary<int, long> refused, CancellationToken cancellation)
    {
        var words = string.Join(", ", Enumerable.Range(0, shape.CheckWords).Select(SystemColumns.ChecksWord));
        var before = string.Concat(refused.Keys.Where(b => _ordinals.GetValueOrDefault(b) > 0).Select(b => $" WHEN {b} THEN {_ordinals[b]}"));
        connection.Run(
            $"""
            INSERT INTO ops.quarantine
            SELECT _batch, {(before.Length == 0 ? "0" : $"CASE _batch{before} ELSE 0 END")} + row_number() OVER (PARTITION BY _batch ORDER BY rowid), $1,
                coalesce((_rejected->>'$.n')::BIGINT, {appended.PositionSql()}), (_rejected->>'$.o')::BIGINT, (_rejected->>'$.l')::BIGINT,
                {Reasons(shape)}, [{words}], _record, _rejected->'$.v', {Org(Organisation)}, {Day(shape, today)}
            FROM {SqlNames.Table(shape)} WHERE {batches.Holds()} AND _rejected IS NOT NULL
            """,
            [shape.DataSet.Id],
            cancellation);
        foreach (var (batch, rows) in refused) _ordinals[batch] = _ordinals.GetValueOrDefault(batch) + rows;
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
    public void Refuse(int batch, IEnumerable<RefusedRecord> records)
    {
        var ordinal = _ordinals.GetValueOrDefault(batch);
        using var appender = connection.CreateAppender("ops", "quarantine");
        foreach (var record in records)
        {
            var row = appender.CreateRow();
            row.AppendValue(batch).AppendValue(++ordinal);
            row.AppendValue(record.DataSet).AppendValue(record.Record).AppendValue(record.Offset).AppendValue(record.Line);
            row.AppendValue([record.Path is null ? record.Code : $"{record.Code} {record.Path}"]);
            row.AppendNullValue().AppendNullValue().AppendNullValue().AppendValue(Organisation).AppendValue(today).EndRow();
            var key = (batch, record.DataSet ?? "");
            Refused[key] = Refused.GetValueOrDefault(key) + 1;
        }

        _ordinals[batch] = ordinal;
    }
}
