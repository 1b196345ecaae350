namespace Yunnao.Lake.DuckDb.Batches;

/// <summary>What the loading of a small group needs to know of a row that it has just added, as the engine gives it back with the adding.</summary>
/// <param name="Good">False of a row that the checks refuse.</param>
/// <param name="Flagged">True where any check failed.</param>
/// <param name="Record">The record key; null where a part of it is missing.</param>
/// <param name="Day">Of the event, as days since 1970-01-01; null where that is not known.</param>
public readonly record struct AppendedRow(int Batch, string? Organisation, bool Good, bool Flagged, UInt128? Record, int? Day, ulong? Subject);
