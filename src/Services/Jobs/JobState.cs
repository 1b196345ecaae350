namespace Yunnao.Services.Jobs;

/// <summary>Where a job is. The last three are final.</summary>
public enum JobState { Queued, Running, Done, Failed, Cancelled }
