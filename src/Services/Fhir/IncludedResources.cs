using Yunnao.Lake.Queries;
using Yunnao.Standards;

namespace Yunnao.Services.Fhir;

/// <summary>What the matches of a page refer to, where a search asked for it to come along.</summary>
internal sealed class IncludedResources(IReadOnlyList<SearchParameter> parameters)
{
    private readonly HashSet<string> _patients = new(StringComparer.Ordinal);
    private readonly HashSet<(string Number, string? Organisation)> _encounters = [];

    /// <summary>Notes the references of the row on which a scan stands, which was written.</summary>
    public void Note(ResourceScan scan)
    {
        foreach (var parameter in parameters)
        {
            foreach (var leaf in parameter.In(scan.Source).Select(t => t.Leaf!))
            {
                if (scan.Writer.Value(leaf) is not { } value) continue;
                if (parameter.FollowsTo == "Patient") _patients.Add(SearchCondition.IdOf(value));
                else _encounters.Add((value, scan.Writer.Organisation(scan.Batch, scan.Row)));
            }
        }
    }

    public bool Any(string type) => type == "Patient" ? _patients.Count > 0 : _encounters.Count > 0;

    /// <summary>The rows of these resources.</summary>
    public Filter? Rows(string type, ResourceSource source, ScopedTable table, SearchFilter filter)
    {
        if (type == "Patient") return new Filter.Or([.. _patients.Select(p => filter.Key(source.IdColumn, p))]);
        var item = source.Shape.DataSet.Items.First(i => i.Roles.HasFlag(Roles.Encounter)).Name;
        return table.Find(item) is null ? null : filter.Encounters(item, _encounters);
    }
}
