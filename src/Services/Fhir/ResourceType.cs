namespace Yunnao.Services.Fhir;

/// <summary>A resource type with the data sets that it is written from, and how it is searched.</summary>
internal sealed class ResourceType
{
    private readonly Dictionary<string, SearchParameter> _parameters;

    public ResourceType(string name, IReadOnlyList<ResourceSource> sources)
    {
        (Name, Sources, DataSets) = (name, sources, [.. sources.Select(s => s.DataSet).Distinct()]);
        _parameters = R4.Parameters(name).Select(p => SearchParameter.Of(p, sources)).OfType<SearchParameter>().GroupBy(p => p.Name).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        (_parameters[SearchParameter.Id], _parameters[SearchParameter.Updated]) = (SearchParameter.OfId, SearchParameter.OfUpdated);
    }

    public string Name { get; }

    public IReadOnlyList<ResourceSource> Sources { get; }

    /// <summary>The data sets of the sources.</summary>
    public IReadOnlyList<string> DataSets { get; }

    /// <summary>The parameters of the standard whose elements the registry fills, <c>_id</c> and <c>_lastUpdated</c>.</summary>
    public IEnumerable<SearchParameter> Parameters => _parameters.Values.OrderBy(p => p.Name, StringComparer.Ordinal);

    public SearchParameter? Find(string name) => _parameters.GetValueOrDefault(name);

    /// <summary>What <c>_include</c> may follow.</summary>
    public IEnumerable<string> Includes => Parameters.Where(p => p.Kind == SearchKind.Reference && p.FollowsTo is not null).Select(p => $"{Name}:{p.Name}");
}
