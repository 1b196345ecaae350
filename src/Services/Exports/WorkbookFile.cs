using System.Globalization;
using DuckDB.NET.Data;
using Yunnao.Formats.Xlsx;

namespace Yunnao.Services.Exports;

/// <summary>Makes one workbook of Parquet files: a sheet each, numbers as numbers, all else as text, so that a code 01 stays what it is.</summary>
internal static class WorkbookFile
{
    /// <summary>Rows of a sheet below its header: what spreadsheets can hold.</summary>
    public const long MostRows = 1_048_575;

    private const int LongestName = 31;

    private static readonly HashSet<Type> s_numbers = [typeof(sbyte), typeof(short), typeof(int), typeof(long), typeof(byte), typeof(ushort), typeof(uint), typeof(float), typeof(double), typeof(decimal)];

    /// <param name="file">Replaced if it is there.</param>
    /// <param name="tables">Name of the sheet and its file.</param>
    public static void Write(string file, IReadOnlyList<(string Name, string Parquet)> tables)
    {
        using var connection = new DuckDBConnection("DataSource=:memory:;threads=1;memory_limit=512MB");
        connection.Open();
        using var output = File.Create(file);
        XlsxWriter.Write(output, [.. tables.Select((t, i) => Sheet(connection, NameOf(t.Name, i), t.Parquet))]);
        output.Flush(flushToDisk: true);
    }

    private static string NameOf(string dataSet, int number) => dataSet.Length <= LongestName ? dataSet : string.Create(CultureInfo.InvariantCulture, $"{dataSet[..(LongestName - 4)]}~{number + 1}");

    private static XlsxSheet Sheet(DuckDBConnection connection, string name, string parquet)
    {
        using var command = Select(connection, parquet, "LIMIT 0");
        using var reader = command.ExecuteReader();
        var columns = Enumerable.Range(0, reader.FieldCount).Select(i => new XlsxColumn(reader.GetName(i), Number: s_numbers.Contains(reader.GetFieldType(i)))).ToList();
        return new(name, columns, Rows(connection, parquet, columns.Count));
    }

    private static IEnumerable<IReadOnlyList<string>> Rows(DuckDBConnection connection, string parquet, int columns)
    {
        using var command = Select(connection, parquet, "");
        command.UseStreamingMode = true;
        using var reader = command.ExecuteReader();
        var cells = new string[columns];
        while (reader.Read())
        {
            for (var i = 0; i < columns; i++) cells[i] = reader.IsDBNull(i) ? "" : Text(reader.GetValue(i));
            yield return cells;
        }
    }

    private static string Text(object value) => value switch
    {
        DateTime time => time.ToString("yyyy-MM-dd HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture),
        DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private static DuckDBCommand Select(DuckDBConnection connection, string parquet, string rest)
    {
        var command = connection.CreateCommand();
        command.CommandText = $"SELECT * FROM read_parquet('{parquet.Replace("'", "''", StringComparison.Ordinal)}') {rest}";
        return command;
    }
}
