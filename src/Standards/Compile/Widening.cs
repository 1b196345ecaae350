namespace Yunnao.Standards.Compile;

/// <summary>Which changes of a column's type keep every stored value.</summary>
public static class Widening
{
    private static readonly HashSet<(string From, string To)> s_wider =
    [
        ("INTEGER", "BIGINT"), ("INTEGER", "DOUBLE"), ("DATE", "TIMESTAMP"), ("INTEGER", "DECIMAL(18,2)"), ("INTEGER", "DECIMAL(18,4)"),
    ];

    /// <summary>True when every value of a column type can be kept in another one.</summary>
    public static bool Allows(string from, string to) => to == "VARCHAR" || s_wider.Contains((from, to));
}
