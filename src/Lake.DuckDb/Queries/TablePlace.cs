namespace Yunnao.Lake.DuckDb.Queries;

/// <summary>Where the rows of a data set are.</summary>
/// <param name="Source">SQL of the data set's table.</param>
/// <param name="IsTable">True when that is the table itself, whose rows have places; false of rows that a statement makes.</param>
/// <param name="Existing">The columns that the table really has.</param>
/// <param name="History">SQL of the table of superseded versions, or null when there is none.</param>
internal sealed record TablePlace(string Source, bool IsTable, IReadOnlyDictionary<string, string> Existing, string? History)
{
    /// <summary>SQL of every version that there is.</summary>
    public string Versions => History is null ? Source : $"(SELECT * FROM {Source} UNION ALL BY NAME SELECT * EXCLUDE (_superseded_by) FROM {History})";
}
