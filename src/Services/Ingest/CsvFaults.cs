using DuckDB.NET.Data;
using Yunnao.Formats.Csv;
using Yunnao.Lake.Batches;
using Yunnao.Lake.DuckDb.Sql;

namespace Yunnao.Services.Ingest;

/// <summary>The records of a CSV file that are no rows, in a temporary table of the batch's connection: any number of them takes no memory of ours.</summary>
internal sealed class CsvFaults(DuckDBConnection connection)
{
    private const string Table = "temp.csv_faults";
    private DuckDBAppender? _appender;
    private long _count;

    /// <param name="place">Byte offset in the UTF-8 text.</param>
    public void Add(in CsvRecord record, long place, string code)
    {
        if (_appender is null)
        {
            connection.Execute("CREATE OR REPLACE TEMP TABLE csv_faults (ordinal BIGINT, record BIGINT, place BIGINT, line BIGINT, code VARCHAR)");
            _appender = connection.CreateAppender("temp", "main", "csv_faults");
        }

        _appender.CreateRow().AppendValue(++_count).AppendValue(record.Number).AppendValue(place).AppendValue(record.Line).AppendValue(code).EndRow();
    }

    /// <summary>No more are added; now they can be read.</summary>
    public void Complete() => _appender?.Dispose();

    public IEnumerable<RefusedRecord> Read(string dataSet)
    {
        for (long from = 0; from < _count; from += Stager.RefusedAtOnce)
        {
            var page = connection.Rows(
                r => new RefusedRecord(dataSet, r.GetInt64(0), r.GetInt64(1), r.GetInt64(2), r.GetString(3), null),
                $"SELECT record, place, line, code FROM {Table} WHERE ordinal > {from} AND ordinal <= {from + Stager.RefusedAtOnce} ORDER BY ordinal");
            foreach (var record in page) yield return record;
        }
    }

    /// <summary>The engine numbers the rows it has read; the records that are no rows count too.</summary>
    public void CorrectNumbers(int batch)
    {
        if (_count == 0) return;
        connection.Execute(
            $"""
            UPDATE ops.quarantine AS q SET record_number = q.record_number + f.skipped
            FROM (SELECT r.id, s.skipped FROM (SELECT rowid AS id, record_number FROM ops.quarantine WHERE batch = $1 AND (record IS NOT NULL OR "values" IS NOT NULL)) r
                  ASOF JOIN {SkippedRecords.Steps(Table, "record")} s ON r.record_number > s.rows_before) f
            WHERE q.rowid = f.id
            """,
            batch);
        connection.Execute($"DROP TABLE {Table}");
    }
}
