namespace Yunnao.Services.Imaging.Index;

/// <summary>A patient of an organisation, with counts.</summary>
internal sealed record PatientRow(long Id, string Organisation, string Sex, long Studies, long Series, long Instances, PersonFacts Facts, HeaderBlock Header);
