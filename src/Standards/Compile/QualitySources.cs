namespace Yunnao.Standards.Compile;

/// <summary>Where a quality scan finds its rows, as SQL.</summary>
/// <param name="Rows">Rows of the data set, with all columns of its shape.</param>
/// <param name="Persons">Table with <c>subject</c>, <c>birth</c> and <c>sex</c>.</param>
/// <param name="Batches">Table with <c>number</c> and <c>committed</c>.</param>
/// <param name="RowsOf">All rows of another data set; null when there are none.</param>
/// <param name="Failed">A condition over the columns of a row (alias <c>t</c>) that is true when a flagging check failed.</param>
/// <param name="Sets">Value sets; the types that they need are made before the scan.</param>
/// <param name="Functions">What the engine adds to SQL.</param>
public sealed record QualitySources(
    string Rows, string Persons, string Batches, Func<string, string?> RowsOf, Func<Check, string> Failed, CodeSets Sets,
    ScanFunctions Functions);
