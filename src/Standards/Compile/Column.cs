namespace Yunnao.Standards.Compile;

/// <summary>A physical column of a data set's table.</summary>
/// <param name="Name">Column name; system columns begin with an underscore.</param>
/// <param name="SqlType">Type in DuckDB's dialect; other engines map it.</param>
/// <param name="Item">The item stored in it, or null for a purely technical column.</param>
public sealed record Column(string Name, string SqlType, Item? Item)
{
    /// <summary>True for the columns that every data set has.</summary>
    public bool OfSystem => Name[0] == '_';
}
