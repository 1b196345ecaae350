namespace Yunnao.Services.Release;

/// <summary>What a job is to release.</summary>
/// <param name="Corrections">Object that holds the corrections as JSON, or null: values of persons do not stand among the arguments of jobs.</param>
public sealed record ReleaseOrder(int? Batch, string? DataSet, string? Reason, string? Note, bool DryRun, string? Corrections);
