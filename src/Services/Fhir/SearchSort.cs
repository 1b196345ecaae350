using System.Globalization;
using Yunnao.Lake.Queries;

namespace Yunnao.Services.Fhir;

/// <summary>One of the values that a search is ordered by.</summary>
internal sealed record SearchSort(SearchParameter Parameter, bool Descending)
{
    /// <summary>The order in a source; null where its resources have no such value, so that they come last.</summary>
    public Ordering? In(ResourceSource source) => Parameter.Kind switch
    {
        SearchKind.Updated => new(Query.ArrivalColumn, Descending),
        _ => Parameter.In(source).Select(t => t.Leaf).OfType<ElementLeaf>().FirstOrDefault() is { } leaf ? new(ResourceSource.ColumnOf(leaf), Descending) : null,
    };

    /// <summary>True when the resources of a type have such values.</summary>
    public static bool Sorts(SearchParameter parameter, ResourceType type) =>
        parameter.Kind == SearchKind.Updated || (parameter.Kind is not (SearchKind.Id or SearchKind.Reference) && type.Sources.Any(s => parameter.In(s).Any(t => t.Leaf is not null)));

    /// <summary>Compares values as the engine orders them: numbers by size, all else (times too) by its text; missing values come last.</summary>
    public int Compare((string? Text, ValueKind Kind) one, (string? Text, ValueKind Kind) other)
    {
        if (one.Text is null || other.Text is null) return (one.Text is null ? 1 : 0) - (other.Text is null ? 1 : 0);
        var order = one.Kind == ValueKind.Number && other.Kind == ValueKind.Number
            ? double.Parse(one.Text, CultureInfo.InvariantCulture).CompareTo(double.Parse(other.Text, CultureInfo.InvariantCulture))
            : string.CompareOrdinal(one.Text, other.Text);
        return Descending ? -order : order;
    }
}
