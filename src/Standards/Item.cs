namespace Yunnao.Standards;

/// <summary>
/// A set item: the identity of a piece of data inside a data set. Everything the platform does with a value follows from here:
/// column, checks, API field, mapping, de-identification.
/// </summary>
/// <param name="Name">Column name, snake_case, unique in the data set.</param>
/// <param name="Id">Identifier in the standard (for example HDSD00.04.001) or null.</param>
/// <param name="ValueSet">The item's value set, else its element's, else null.</param>
/// <param name="Min">Smallest plausible value as written (number or ISO date), or null.</param>
/// <param name="Identity">Kind of identifying value (name, id_number, phone, address, …) when <paramref name="Roles"/> has Identity.</param>
/// <param name="Level">GB/T 39725 level 1–5.</param>
/// <param name="Deid">De-identification action.</param>
/// <param name="Paths">Paths by format: hl7v2, cda, fhir, omop; alternatives are separated by " | ".</param>
public sealed record Item(
    string Name, string? Id, DataElement Element, Names Title, Names Definition, ValueSet? ValueSet, string? Unit,
    string? Min, string? Max, bool Required, Roles Roles, string? Identity, int? Level, Deid? Deid,
    IReadOnlyDictionary<string, string> Paths, Status Status, bool Provisional, string Source, SourceLine At)
{
    /// <summary>Names that the item had in earlier versions of the data set; a stored column of such a name is this item's.</summary>
    public IReadOnlyList<string> FormerNames { get; init; } = [];

    /// <summary>True for values that go to the vault and have no column in the lake: identity values and the local patient number.</summary>
    public bool InVault => (Roles & (Roles.Identity | Roles.Subject)) != 0;

    /// <summary>The roles as they are written in the registry: <c>record subject</c>, <c>identity.phone</c>.</summary>
    public string RoleWords() => string.Join(' ', Enum.GetValues<Roles>()
        .Where(r => r != Roles.None && Roles.HasFlag(r))
        .Select(r => r == Roles.Identity ? $"identity.{Identity}" : r.ToString().ToLowerInvariant()));
}
