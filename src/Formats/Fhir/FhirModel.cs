namespace Yunnao.Formats.Fhir;

/// <summary>All plans compiled, by resource type, and the names that they and the frame of a Bundle read.</summary>
internal sealed class FhirModel
{
    private readonly Dictionary<string, FhirPlan[]> _plans;

    public FhirModel(JsonNames names, Dictionary<string, List<FhirPlan>> plans)
    {
        Names = names;
        _plans = plans.ToDictionary(p => p.Key, p => p.Value.ToArray(), StringComparer.Ordinal);
        ResourceType = names.Add("resourceType");
        Resource = names.Add("resource");
        Entry = names.Add("entry");
        FullUrl = names.Add("fullUrl");
        Id = names.Add("id");
    }

    public JsonNames Names { get; }

    public int ResourceType { get; }

    public int Resource { get; }

    public int Entry { get; }

    public int FullUrl { get; }

    public int Id { get; }

    /// <summary>Plans for a resource type, in their order.</summary>
    public FhirPlan[] Of(string type) => _plans.TryGetValue(type, out var plans) ? plans : [];

    /// <summary>Marks what the plans read in a report.</summary>
    public void Map(ElementCounts counts)
    {
        foreach (var plan in _plans.Values.SelectMany(p => p)) plan.Map(counts);
    }
}
