namespace Yunnao.Services.Ingest;

/// <summary>Where the loading of a list of files is.</summary>
/// <param name="Done">Files finished.</param>
/// <param name="Files">Files in all.</param>
/// <param name="Current">File being loaded, or null.</param>
/// <param name="Step">land, decode, identify, check, settle, commit.</param>
/// <param name="Fraction">Part of the current file done, 0–1, as far as known.</param>
/// <param name="Bytes">Bytes finished of all files.</param>
/// <param name="TotalBytes">Bytes of all files.</param>
public readonly record struct IngestProgress(int Done, int Files, string? Current, string Step, double Fraction, long Bytes, long TotalBytes);
