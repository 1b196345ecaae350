namespace Yunnao.Services.Ingest;

/// <summary>How often a column or path of the source carried a value, and whether the mapping reads it.</summary>
public readonly record struct PathUse(string Record, string Path, long Count, bool Mapped);
