namespace Yunnao.Services.Views;

/// <summary>
/// A select of a view: for each thing that its iteration yields, its columns beside all combinations of its selects, and of its unions.
/// </summary>
/// <param name="Where">Its place in the view.</param>
/// <param name="ForEach">One row a thing that this yields.</param>
/// <param name="OrNull">True when a row of nothing stands where nothing is yielded.</param>
/// <param name="Repeat">One row a thing that these yield, again and again, at any depth.</param>
internal sealed record ViewSelect(
    string Where, ViewPath? ForEach, bool OrNull, IReadOnlyList<ViewPath> Repeat, IReadOnlyList<ViewColumn> Columns, IReadOnlyList<ViewSelect> Selects, IReadOnlyList<ViewSelect> Unions)
{
    /// <summary>True when <c>%rowIndex</c> is used with this select's iteration.</summary>
    public bool UsesIndex => Columns.Any(c => Says(c.Path)) || Selects.Concat(Unions).Any(s => (s.ForEach is { } each && Says(each)) || s.Repeat.Any(Says) || (s.ForEach is null && s.Repeat.Count == 0 && s.UsesIndex));

    /// <summary>True when it repeats somewhere inside.</summary>
    public bool Recurs => Repeat.Count > 0 || Selects.Concat(Unions).Any(s => s.Recurs);

    private static bool Says(ViewPath path) => path.Text.Contains("rowIndex", StringComparison.Ordinal);
}
