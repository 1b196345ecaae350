namespace Yunnao.Services.Ingest;

/// <summary>How the numbers of the rows that were read become numbers of records, where records in between gave no row.</summary>
internal static class SkippedRecords
{
    /// <summary>
    /// FROM clause of the steps: the record of row <c>r</c> is <c>r + skipped</c> of the last step with <c>rows_before &lt; r</c>; a row before all steps
    /// has its own number. To be joined with ASOF JOIN.
    /// </summary>
    /// <param name="table">Where the numbers of the skipped records are.</param>
    /// <param name="number">Its column; NULL for what is no record of the file.</param>
    public static string Steps(string table, string number) =>
        $"""
        (SELECT {number} - k AS rows_before, max(k) AS skipped
        FROM (SELECT {number}, row_number() OVER (ORDER BY {number}) AS k FROM {table} WHERE {number} IS NOT NULL) GROUP BY 1)
        """;
}
