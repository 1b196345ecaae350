namespace Yunnao.Lake.Queries;

/// <summary>File formats of an export.</summary>
public enum ExportFormat { Csv, Parquet, Ndjson }
