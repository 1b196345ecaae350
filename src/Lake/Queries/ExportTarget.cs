namespace Yunnao.Lake.Queries;

/// <summary>Where an export is written, and how.</summary>
/// <param name="Path">A file; with <paramref name="SplitBytes"/> a folder that is not there yet.</param>
/// <param name="SplitBytes">About how many bytes a file grows to before the next one is begun; 0 for one file.</param>
/// <param name="Compressed">CSV and JSON lines as gzip; Parquet is compressed always.</param>
public sealed record ExportTarget(string Path, ExportFormat Format, long SplitBytes = 0, bool Compressed = false)
{
    /// <summary>Ending of the files.</summary>
    public string Ending => Format switch { ExportFormat.Parquet => "parquet", ExportFormat.Csv => "csv", _ => "ndjson" } + (Compressed && Format != ExportFormat.Parquet ? ".gz" : "");
}
