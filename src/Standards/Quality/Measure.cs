using Yunnao.Standards.Compile;

namespace Yunnao.Standards.Quality;

/// <summary>A measure of one data set: at most one of check, item and rule says what it is about.</summary>
/// <param name="Id">Unique in the data set: the reason of a check (<c>required item_code</c>), <c>optional remark</c>, the id of a written measure, or a kind.</param>
/// <param name="Check">The check whose failures it counts.</param>
/// <param name="Item">The optional item whose values it counts.</param>
/// <param name="Written">The measure of <c>quality/</c>.</param>
public sealed record Measure(string Id, Names Name, MeasureWeight Counts, Check? Check = null, Item? Item = null, QualityMeasure? Written = null);
