namespace Yunnao.Services.Exports;

/// <summary>Forms of an export. <see cref="Duckdb"/> is one database file with a table a data set, <see cref="Xlsx"/> one workbook with a sheet a data set.</summary>
public enum ExportForm { Parquet, Csv, Ndjson, Duckdb, Xlsx }
