namespace Yunnao.Services.Imaging.Index;

/// <summary>Which studies a question may find. A null list does not restrict; an empty one finds nothing.</summary>
/// <param name="Organisations">Codes of institutions.</param>
/// <param name="Patients">Keys of patients.</param>
internal sealed record RowBound(IReadOnlyList<string>? Organisations = null, IReadOnlyList<long>? Patients = null);
