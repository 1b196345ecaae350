using Yunnao.Standards.Compile;

namespace Yunnao.Services.Ingest;

/// <summary>Rows of text on their way into one data set.</summary>
/// <param name="Numbers">Of a group, the record number of each row, in their order; else null.</param>
internal sealed record StagedSet(TableShape Shape, StagedRows Rows, IReadOnlyList<long>? Numbers = null);
