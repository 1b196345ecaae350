using Yunnao.Standards.Compile;

namespace Yunnao.Services.Ingest;

/// <summary>Rows of text on their way into one data set.</summary>
internal sealed record StagedSet(TableShape Shape, StagedRows Rows);
