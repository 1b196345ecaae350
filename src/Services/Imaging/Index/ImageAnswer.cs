namespace Yunnao.Services.Imaging.Index;

/// <summary>One match, with the rows above it as far as its level has them.</summary>
internal sealed record ImageAnswer(PatientRow? Patient, StudyRow? Study, SeriesRow? Series, InstanceRow? Instance);
