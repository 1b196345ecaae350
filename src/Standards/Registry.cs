using Yunnao.Standards.Alarms;
using Yunnao.Standards.Policies;
using Yunnao.Standards.Quality;

namespace Yunnao.Standards;

/// <summary>The whole registry in memory. Immutable; loaded once; every answer is a look-up.</summary>
public sealed class Registry
{
    public required IReadOnlyDictionary<string, DataElement> Elements { get; init; }
    public required IReadOnlyDictionary<string, ValueSet> ValueSets { get; init; }
    public required IReadOnlyDictionary<string, DataSet> DataSets { get; init; }
    public required IReadOnlyDictionary<string, SourceMapping> Mappings { get; init; }
    public required IReadOnlyDictionary<string, CodeMap> CodeMaps { get; init; }
    public required IReadOnlyDictionary<string, Names> Units { get; init; }

    /// <summary>What early warning looks for.</summary>
    public AlarmRules Alarms { get; init; } = AlarmRules.None;

    /// <summary>How the quality of what was sent is measured.</summary>
    public QualityRules Quality { get; init; } = QualityRules.None;

    /// <summary>Who may see what for which purpose.</summary>
    public PolicyBook Policies { get; init; } = PolicyBook.None;

    /// <summary>Profiles of FHIR by their addresses, against which resources are held that name them.</summary>
    public IReadOnlyDictionary<string, Profile> Profiles { get; init; } = new Dictionary<string, Profile>();

    /// <summary>Version of the registry as a whole: a hash over its files.</summary>
    public required string Fingerprint { get; init; }
}
