using System.Globalization;
using Apache.Arrow;
using Apache.Arrow.Types;
using DuckDB.NET.Data;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.Queries;

namespace Yunnao.Lake.DuckDb.Text;

/// <summary>Writes a few rows that are in memory already as a Parquet file, by an engine of its own that knows nothing else.</summary>
public static class ParquetWriter
{
    /// <param name="folder">For the file while it is made; it is gone when this returns.</param>
    public static async Task WriteAsync(RowStream rows, string folder, Stream output, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(output);
        using var connection = new DuckDBConnection("DataSource=:memory:;threads=1");
        connection.Open();
        connection.Execute($"CREATE TABLE page ({string.Join(", ", rows.Schema.FieldsList.Select(f => $"{SqlNames.Quote(f.Name)} {TypeOf(f.DataType)}"))})");
        using (var appender = connection.CreateAppender("page"))
        {
            await foreach (var batch in rows.Batches.WithCancellation(cancellation).ConfigureAwait(false))
            {
                using (batch)
                {
                    for (var row = 0; row < batch.Length; row++) Append(appender, batch, row);
                }
            }
        }

        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, $"{Guid.NewGuid():N}.parquet");
        try
        {
            connection.Execute($"COPY page TO {SqlNames.Literal(file)} (FORMAT parquet, COMPRESSION zstd)");
            var written = File.OpenRead(file);
            await using (written.ConfigureAwait(false)) await written.CopyToAsync(output, cancellation).ConfigureAwait(false);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static void Append(DuckDBAppender appender, RecordBatch batch, int row)
    {
        var line = appender.CreateRow();
        foreach (var column in batch.Arrays)
        {
            if (column.IsNull(row))
            {
                line.AppendNullValue();
                continue;
            }

            switch (column)
            {
                case BooleanArray a: line.AppendValue(a.GetValue(row)); break;
                case Int32Array a: line.AppendValue(a.GetValue(row)); break;
                case Int64Array a: line.AppendValue(a.GetValue(row)); break;
                case UInt64Array a: line.AppendValue(a.GetValue(row)); break;
                case DoubleArray a: line.AppendValue(a.GetValue(row)); break;
                case Date32Array a: line.AppendValue(a.GetDateOnly(row)); break;
                case TimestampArray a: line.AppendValue(a.GetTimestamp(row)!.Value.UtcDateTime); break;
                case Time64Array a: line.AppendValue(new TimeOnly(a.GetMicroSeconds(row)!.Value * TimeSpan.TicksPerMicrosecond)); break;
                case Decimal128Array a: line.AppendValue((decimal?)decimal.Parse(a.GetString(row), CultureInfo.InvariantCulture)); break;
                default: line.AppendValue(ArrowCell.Text(column, row)); break;
            }
        }

        line.EndRow();
    }

    private static string TypeOf(IArrowType type) => type switch
    {
        BooleanType => "BOOLEAN",
        Int32Type => "INTEGER",
        Int64Type => "BIGINT",
        UInt64Type => "UBIGINT",
        DoubleType => "DOUBLE",
        Date32Type => "DATE",
        TimestampType => "TIMESTAMP",
        Time64Type => "TIME",
        Decimal128Type d => string.Create(CultureInfo.InvariantCulture, $"DECIMAL({d.Precision},{d.Scale})"),
        _ => "VARCHAR",
    };
}
