namespace Yunnao.Services.Imaging;

/// <summary>One match of a search, as a person reads it.</summary>
/// <param name="Series">Number of series of a study; 0 at other levels.</param>
/// <param name="Instances">Number of instances; 1 at the level of instances.</param>
public sealed record ImageLine(
    string Patient, string Name, string Study, string Date, string Modality, string Description, string SeriesUid, string InstanceUid, long Series, long Instances, long Bytes, string? Held);
