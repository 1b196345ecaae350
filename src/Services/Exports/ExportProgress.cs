using Yunnao.Lake.Queries;

namespace Yunnao.Services.Exports;

/// <summary>
/// How far an export is, kept beside its files as <c>progress.json</c> while it runs: after a crash the data sets that are in it are not written
/// again, and what was begun and is not in it is removed.
/// </summary>
internal sealed record ExportProgress(string Order, string Registry, LakeMark Mark, DateTimeOffset Started, IReadOnlyList<ExportManifest.Part> Done, IReadOnlyList<ExportManifest.Content> Files)
{
    public const string FileName = "progress.json";
}
