namespace Yunnao.Synthetic.Institutions;

/// <summary>A hospital or a primary care centre.</summary>
/// <param name="Index">Number in the city, from 0.</param>
/// <param name="Folder">Short name, part of the folder names.</param>
/// <param name="Level">YV.org_level.</param>
/// <param name="Grade">YV.org_grade.</param>
/// <param name="Sources">Mappings of its systems; a data set goes out through the first that carries it.</param>
/// <param name="Weight">Share of patients, relative to the others.</param>
internal sealed record Institution(
    int Index, string Code, string Name, string Folder, bool Primary, string Level, string Grade, string District, string[] Sources, double Weight)
{
    public Dictionary<string, Department> Departments { get; } = new(StringComparer.Ordinal);

    /// <summary>The department of a national code, or the one that stands in for it.</summary>
    public Department Department(string national) =>
        Departments.TryGetValue(national, out var department) ? department
        : Departments.TryGetValue(national.Split('.')[0], out department) ? department
        : Departments["02"];

    public Department Laboratory => Departments["30"];

    public Department Imaging => Departments["32"];

    public Department Pharmacy => Departments["YJ"];

    public Department Nursing => Departments["HL"];
}
