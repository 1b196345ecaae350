namespace Yunnao.Services.Release;

/// <summary>A value that a person corrected in a row of the quarantine.</summary>
/// <param name="Batch">Number of the batch.</param>
/// <param name="Ordinal">Number of the row in the quarantine of the batch.</param>
/// <param name="Item">Item of the data set.</param>
/// <param name="Value">Its text as a good row would have it; empty for no value.</param>
public sealed record Correction(int Batch, long Ordinal, string Item, string Value);
