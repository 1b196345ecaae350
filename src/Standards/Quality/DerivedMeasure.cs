namespace Yunnao.Standards.Quality;

/// <summary>The kinds of measures that follow from the registry itself, or from what was received.</summary>
public static class DerivedMeasure
{
    /// <summary>An optional item that has a value.</summary>
    public const string Optional = "optional";

    /// <summary>A cross-item rule of <c>checks.csv</c>.</summary>
    public const string Rule = "rule";

    /// <summary>A record that could be read.</summary>
    public const string Unreadable = "unreadable";

    /// <summary>A record that some rule of the mapping takes.</summary>
    public const string Unmapped = "unmapped";

    /// <summary>A record that is in its file once.</summary>
    public const string Repeated = "repeated";

    /// <summary>The rows that were accepted, in the answer of a scan. No measure.</summary>
    public const string Rows = "rows";

    /// <summary>All kinds: the codes of checks, and the above.</summary>
    public static IReadOnlyList<string> Kinds { get; } =
        ["required", Optional, "type", "length", "value-set", "range", "id-number", "encoding", Rule, Unreadable, Unmapped, Repeated];
}
