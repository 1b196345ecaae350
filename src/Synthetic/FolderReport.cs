namespace Yunnao.Synthetic;

/// <summary>One folder of a city.</summary>
/// <param name="Source">The mapping that reads it.</param>
/// <param name="Rows">Records written, all kinds.</param>
public sealed record FolderReport(string Folder, string Source, string Institution, long Rows, long Bytes);
