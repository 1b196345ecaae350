namespace Yunnao.Standards.Compile;

/// <summary>SQL of an item's text, and the strptime format of its dates where the source has its own.</summary>
public sealed record StagedText(string Sql, string? TimeFormat = null);
