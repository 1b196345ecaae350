using Yunnao.Synthetic.Chance;
using Yunnao.Synthetic.Tables;

namespace Yunnao.Synthetic.People;

/// <summary>Districts, their streets, and made-up house numbers on roads that could be anywhere in the city.</summary>
internal sealed class AddressMaker
{
    private readonly (string Code, string Name)[] _districts;
    private readonly (string Code, string Name)[][] _streets;
    private readonly string[] _roads;
    private readonly string[] _estates;

    public AddressMaker(string folder, ulong seed)
    {
        var divisions = Table.Read(folder, "divisions.csv").Lines().ToList();
        var own = divisions.Where(d => d.Number("weight") > 0).ToList();
        _districts = [.. own.Select(d => (d["code"], d["name"]))];
        var streets = Table.Read(folder, "streets.csv").Lines().ToLookup(l => l["division"], l => (l["code"], l["name"]));
        _streets = [.. _districts.Select(d => streets[d.Code].ToArray())];
        var places = Table.Read(folder, "places.csv").Lines().ToLookup(l => l["kind"], l => l["name"]);
        _roads = [.. places["road"]];
        _estates = [.. places["estate"]];
        Slots = new IdSlots(
            [.. own.Select(d => (d["code"], d.Number("weight")))],
            [.. divisions.Where(d => d.Number("weight") == 0).Select(d => d["code"])],
            seed);
    }

    public IdSlots Slots { get; }

    public int Districts => _districts.Length;

    public (string Code, string Name) District(int index) => _districts[index];

    public Household Make(Dice dice, long number)
    {
        var district = Slots.District(number);
        var (code, name) = _districts[district];
        var street = dice.Pick(_streets[district]);
        var house = dice.Chance(0.8)
            ? $"{dice.Between(1, 899)}号{dice.Pick(_estates)}{dice.Between(1, 40)}栋{dice.Between(1, 4)}单元{dice.Between(1, 32)}{dice.Between(1, 4):00}室"
            : $"{dice.Between(1, 899)}号{dice.Between(1, 12)}号楼{dice.Between(1, 7)}0{dice.Between(1, 6)}";
        return new Household(number, district, code, name, street.Name, street.Code, dice.Pick(_roads), house);
    }
}
