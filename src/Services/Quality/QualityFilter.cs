namespace Yunnao.Services.Quality;

/// <summary>What a quality report is about.</summary>
/// <param name="Institution">Code, or null: all.</param>
/// <param name="DataSet">Id, or null: all.</param>
/// <param name="From">First day of the first month, or null: from the beginning.</param>
/// <param name="To">First day of the last month, or null: to the end.</param>
public sealed record QualityFilter(string? Institution = null, string? DataSet = null, DateOnly? From = null, DateOnly? To = null);
