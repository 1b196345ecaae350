namespace Yunnao.Synthetic.People;

/// <summary>People who live at one address.</summary>
/// <param name="Number">From 0.</param>
/// <param name="Division">GB/T 2260 code of the district.</param>
/// <param name="Street">Name of the street office or town.</param>
internal sealed record Household(long Number, int District, string Division, string DivisionName, string Street, string StreetCode, string Road, string House)
{
    public const string Province = "湖北省";
    public const string City = "武汉市";

    public List<Person> Members { get; } = [];

    /// <summary>The address as one line.</summary>
    public string Address { get; } = Province + City + DivisionName + Street + Road + House;
}
