using Yunnao.Synthetic.Chance;
using Yunnao.Synthetic.Tables;

namespace Yunnao.Synthetic.People;

/// <summary>Decides who lives together: the head by an age pyramid, then spouse, children and the head's or spouse's parents.</summary>
internal sealed class HouseholdMaker
{
    private readonly Weighted<Head> _heads;

    public HouseholdMaker(string folder) => _heads = new(Table.Read(folder, "households.csv").Lines().Select(ReadHead));

    /// <summary>The household's members: role, sex and birth year, in the order of their positions (at most seven; the eighth is kept for a newborn).</summary>
    public List<Place> Make(Dice dice, int year)
    {
        var head = _heads.Draw(dice);
        var age = dice.Between(head.From, head.To);
        var kind = head.Kinds.Draw(dice);
        var alone = kind is Kind.Single or Kind.LoneParent;
        var woman = dice.Chance(Women(kind, age));
        var sex = woman ? Sex.Female : Sex.Male;
        var places = new List<Place> { new(kind == Kind.Single ? Role.Single : alone ? Role.LoneParent : Role.Head, sex, year - age) };
        var motherAge = woman ? age : age - (int)Math.Round(dice.Normal(2, 2.5, 2));
        motherAge = Math.Max(motherAge, 20);
        if (!alone) places.Add(new(Role.Spouse, woman ? Sex.Male : Sex.Female, year - (woman ? age + (int)Math.Round(dice.Normal(2, 2.5, 2)) : motherAge)));
        if (kind is Kind.Family or Kind.LoneParent or Kind.ThreeGenerations) AddChildren(dice, places, year, motherAge);
        if (kind == Kind.ThreeGenerations) AddParents(dice, places, year, age);
        return places;
    }

    private static double Women(Kind kind, int age) => kind switch
    {
        Kind.Single => age < 60 ? 0.42 : 0.66,
        Kind.LoneParent => 0.8,
        _ => 0.35,
    };

    private static void AddChildren(Dice dice, List<Place> places, int year, int motherAge)
    {
        var children = dice.Unit() switch { < 0.4 => 1, < 0.92 => 2, _ => 3 };
        var atBirth = Math.Clamp((int)Math.Round(dice.Normal(26.5, 3.5)), 19, 44);
        for (var i = 0; i < children; i++, atBirth += dice.Between(2, 6))
        {
            var age = motherAge - atBirth;
            if (age is >= 0 and < 23 || (age is >= 23 and < 32 && dice.Chance(0.35)))
            {
                places.Add(new(Role.Child, dice.Chance(0.525) ? Sex.Male : Sex.Female, year - age));
            }
        }
    }

    private static void AddParents(Dice dice, List<Place> places, int year, int age)
    {
        var motherAge = age + dice.Between(21, 31);
        if (motherAge > 96) return;
        var both = dice.Chance(0.55);
        if (both || dice.Chance(0.7)) places.Add(new(both ? Role.Grandparent : Role.WidowedGrandparent, Sex.Female, year - motherAge));
        if (both || places[^1].Sex != Sex.Female || places[^1].Role != Role.WidowedGrandparent)
        {
            places.Add(new(both ? Role.Grandparent : Role.WidowedGrandparent, Sex.Male, year - Math.Min(98, motherAge + dice.Between(0, 4))));
        }
    }

    private static (Head Value, double Weight) ReadHead(Table.Line line) => (
        new Head(line.Integer("head_from"), line.Integer("head_to"), new(
        [
            (Kind.Single, line.Number("single")), (Kind.Couple, line.Number("couple")), (Kind.Family, line.Number("family")),
            (Kind.LoneParent, line.Number("lone_parent")), (Kind.ThreeGenerations, line.Number("three_generations")),
        ])),
        line.Number("weight"));

    internal enum Role { Single, LoneParent, Head, Spouse, Child, Grandparent, WidowedGrandparent }

    internal readonly record struct Place(Role Role, Sex Sex, int BirthYear);

    private enum Kind { Single, Couple, Family, LoneParent, ThreeGenerations }

    private sealed record Head(int From, int To, Weighted<Kind> Kinds);
}
