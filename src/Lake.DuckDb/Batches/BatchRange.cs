namespace Yunnao.Lake.DuckDb.Batches;

/// <summary>The batches of one transaction: one, or several whose numbers follow one another. No row has a greater number.</summary>
internal readonly record struct BatchRange(int First, int Last)
{
    /// <summary>SQL: the row is of these batches.</summary>
    public string Mine => Of("_batch");

    /// <summary>SQL: the row was there before.</summary>
    public string Earlier => $"_batch < {First}";

    /// <summary>SQL: the column names one of these batches.</summary>
    public string Of(string column) => First == Last ? $"{column} = {First}" : $"{column} BETWEEN {First} AND {Last}";
}
