using Yunnao.Lake.Queries;
using Yunnao.Lake.Scopes;
using Yunnao.Standards.Compile;

namespace Yunnao.Services.DataServices;

/// <summary>A data set as a caller reaches it.</summary>
/// <param name="RowsShown">False when only groups are shown.</param>
/// <param name="SmallestGroup">Persons that a group needs to be shown; 0 and 1 show all.</param>
public sealed record DataSetLine(string Id, string Version, string NameZh, string NameEn, bool RowsShown, int SmallestGroup, string Href, IReadOnlyList<DataSetLine.Column> Columns)
{
    /// <summary>A column as the caller sees it.</summary>
    /// <param name="Kind">Of the values that are seen: of a generalised time its month, a date.</param>
    /// <param name="Shown">clear, mask, generalise or pseudonym.</param>
    /// <param name="OnlyInBody">True when its values are taken in POST …/search only.</param>
    public sealed record Column(string Name, ValueKind Kind, ItemAction Shown, string? NameZh, string? NameEn, string? Unit, string? ValueSet, bool OnlyInBody);

    public static DataSetLine Of(TableShape shape, Scope scope)
    {
        var set = shape.DataSet;
        var table = ScopedTable.Of(shape, scope).Value;
        var columns = table.Columns.Where(c => table.Open || c.Physical.Item is not null || !c.Name.StartsWith(SystemColumns.Checks, StringComparison.Ordinal)).Select(c =>
        {
            var item = set.Find(c.Name);
            return new Column(c.Name, c.Kind, c.Action, item?.Title.Zh, item?.Title.En, item?.Unit, item?.ValueSet?.Id, QuestionReader.OnlyInBody(set, c.Name));
        });
        return new(set.Id, set.Version, set.Name.Zh, set.Name.En, table.RowsShown, table.SmallestGroup, $"/api/v1/data/{set.Id}", [.. columns]);
    }
}
