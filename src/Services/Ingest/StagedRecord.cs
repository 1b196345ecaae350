namespace Yunnao.Services.Ingest;

/// <summary>A row on its way into a data set, by its keys.</summary>
/// <param name="Record">Number of the record in its batch, from 1.</param>
/// <param name="Key">Record key, decimal; null when a part of it is missing.</param>
/// <param name="Subject">Of a data set that describes persons (a row a local number), the person; else null.</param>
/// <param name="Before">Version of the record that earlier batches brought, where it was asked for; 0 when there is none.</param>
internal sealed record StagedRecord(int Batch, long Record, string DataSet, string? Key, string? Organisation, ulong? Subject, int Before);
