namespace Yunnao.Synthetic.Catalogue;

/// <summary>An operation of the registry's ICD-9-CM-3 list, with how it is done (standards/synthetic/operations.csv).</summary>
/// <param name="Level">CV05.10.024.</param>
/// <param name="Position">CV06.00.223.</param>
/// <param name="Anaesthesia">CV06.00.103.</param>
/// <param name="Incision">CV05.10.022.</param>
internal sealed record Operation(
    string Code, string Name, string Level, string Position, string Anaesthesia, string Incision, int Minutes, int BloodLoss,
    string Course, string Implant, string Site)
{
    /// <summary>Punctures and endoscopies: no wound that heals.</summary>
    public bool HasWound => Incision != "1";

    public bool General => Anaesthesia[0] is '1' or '4';
}
