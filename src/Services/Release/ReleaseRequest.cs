using System.Text.Json.Serialization;

namespace Yunnao.Services.Release;

/// <summary>Which rows in quarantine to judge again.</summary>
/// <param name="Batch">Number of the batch, or null: every committed batch that has such rows.</param>
/// <param name="DataSet">Id, or null: all.</param>
/// <param name="Reason">Only rows with a reason that begins so, or null: all.</param>
/// <param name="Corrections">Values to take in place of those in the file.</param>
/// <param name="Note">Why, for the record.</param>
/// <param name="DryRun">Judge, and change nothing.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ReleaseRequest(
    int? Batch = null, string? DataSet = null, string? Reason = null, IReadOnlyList<Correction>? Corrections = null, string? Note = null, bool DryRun = false);
