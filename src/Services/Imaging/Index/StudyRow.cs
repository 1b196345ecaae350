namespace Yunnao.Services.Imaging.Index;

/// <summary>A study, with counts. <paramref name="Modalities"/> and <paramref name="Classes"/> are joined by backslashes.</summary>
/// <param name="Organisation">Code of the institution whose patient number it carries.</param>
/// <param name="Held">Why the study is not joined to its person: a code; null when it is.</param>
internal sealed record StudyRow(
    long Id, long Patient, string Organisation, string Uid, string Date, string Time, string Modalities, string Classes, long Series, long Instances, long Bytes, string? Held,
    PersonFacts Facts, HeaderBlock Header);
