namespace Yunnao.Lake.Scopes;

/// <summary>Which rows of a data set a Scope reaches. A null list does not restrict; an empty one reaches nothing.</summary>
public sealed record RowFilter(IReadOnlyList<string>? Organisations = null, IReadOnlyList<ulong>? Subjects = null, ConsentFilter? Consent = null)
{
    /// <summary>True when some rows may be out of reach.</summary>
    public bool Restricts => Organisations is not null || Subjects is not null || Consent is not null;

    /// <summary>Every row.</summary>
    public static RowFilter All { get; } = new();
}
