namespace Yunnao.Services.Ingest;

/// <summary>A row or record of a batch that is being loaded and that would go to quarantine.</summary>
/// <param name="Record">Number of the record in its batch, from 1.</param>
/// <param name="Reasons">Code of a check and item (<c>required patient_id</c>), or code of a decoder and path.</param>
internal sealed record RefusedRow(int Batch, long Record, string? DataSet, IReadOnlyList<string> Reasons);
