namespace Yunnao.Lake.DuckDb.Batches;

/// <summary>The batches of one transaction, which have consecutive numbers: one, or a group of small files.</summary>
internal readonly record struct BatchRange(int First, int Count = 1)
{
    public int Last => First + Count - 1;

    /// <summary>SQL that is true for the rows of these batches.</summary>
    public string Holds(string column = "_batch") => Count == 1 ? $"{column} = {First}" : $"{column} BETWEEN {First} AND {Last}";

    /// <summary>SQL that is true for the rows of all other batches.</summary>
    public string Lacks(string column = "_batch") => Count == 1 ? $"{column} <> {First}" : $"{column} NOT BETWEEN {First} AND {Last}";
}
