namespace Yunnao.Standards.Quality;

/// <summary>How the quality of what was sent is measured: the files of <c>quality/</c>, described in standards/README.md.</summary>
/// <param name="Dimensions">In the order of the file.</param>
/// <param name="Measures">Measures that are written down, by id. All others follow from the registry itself.</param>
/// <param name="Derived">Kind of a measure that follows from the registry (<see cref="DerivedMeasure.Kinds"/>) → what it counts for.</param>
/// <param name="OfRules">Id of a cross-item rule → what it counts for, where that differs from its kind.</param>
/// <param name="DataSets">Data set → its weight in the score of an institution; 1 where it is not named.</param>
/// <param name="Person">Where the age and sex of a person are; null when no file says.</param>
/// <param name="Institution">Where the names of institutions are; null when no file says.</param>
public sealed record QualityRules(
    IReadOnlyList<QualityDimension> Dimensions, IReadOnlyDictionary<string, QualityMeasure> Measures, IReadOnlyDictionary<string, MeasureWeight> Derived,
    IReadOnlyDictionary<string, MeasureWeight> OfRules, IReadOnlyDictionary<string, double> DataSets, PersonFacts? Person, InstitutionFacts? Institution)
{
    /// <summary>A registry that says nothing of quality.</summary>
    public static QualityRules None { get; } = new(
        [], new Dictionary<string, QualityMeasure>(), new Dictionary<string, MeasureWeight>(), new Dictionary<string, MeasureWeight>(),
        new Dictionary<string, double>(), null, null);
}
