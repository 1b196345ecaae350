namespace Yunnao.Lake.Scopes;

/// <summary>Which rows of a data set a Scope reaches. A null list does not restrict; an empty one reaches nothing.</summary>
public sealed record RowFilter(IReadOnlyList<string>? Organisations = null, IReadOnlyList<ulong>? Subjects = null)
{
    /// <summary>Every row.</summary>
    public static RowFilter All { get; } = new();
}
