namespace Yunnao.Standards.Alarms;

/// <summary>Where cases are from when the record itself does not say, and how ages are grouped.</summary>
/// <param name="AgeBands">First years of the age bands, ascending, the first is 0.</param>
/// <param name="Persons">Data set with one record a person.</param>
/// <param name="Residence">Its item with the division of residence.</param>
/// <param name="Birth">Its item with the date of birth.</param>
/// <param name="Institutions">Data set with one record an institution.</param>
/// <param name="Place">Its item with the division.</param>
public sealed record Population(
    IReadOnlyList<int> AgeBands, string Persons, string Residence, string Birth, string Institutions, string Place, SourceLine At);
