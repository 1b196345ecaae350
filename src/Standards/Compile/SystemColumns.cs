namespace Yunnao.Standards.Compile;

/// <summary>The system columns of every data set.</summary>
public static class SystemColumns
{
    /// <summary>128-bit key of organisation, data set and local key.</summary>
    public const string Record = "_record";

    /// <summary>The person behind the record; the lake knows no other name of a person. Null in data sets that are not about persons.</summary>
    public const string Subject = "_subject";

    /// <summary>Code of the institution.</summary>
    public const string Org = "_org";

    /// <summary>Event time.</summary>
    public const string Time = "_time";

    /// <summary>Number of the batch that brought this version of the record.</summary>
    public const string Batch = "_batch";

    /// <summary>Version of the record: 1, and one more each time it is sent again.</summary>
    public const string Version = "_version";

    /// <summary>Bit set of failed checks, 64 checks a word: <c>_checks</c>, <c>_checks_1</c>, …</summary>
    public const string Checks = "_checks";

    /// <summary>Set only while a batch is being loaded: why the row is refused. Rows that keep it never become visible.</summary>
    public const string Rejected = "_rejected";

    /// <summary>Name of a word of the check bit set.</summary>
    public static string ChecksWord(int word) => word == 0 ? Checks : $"{Checks}_{word}";

    /// <summary>SQL that is true for a row of which any check failed.</summary>
    /// <param name="words">Words of the bit set.</param>
    public static string AnyCheck(int words) => string.Join(" OR ", Enumerable.Range(0, words).Select(w => $"{ChecksWord(w)} <> 0"));
}
